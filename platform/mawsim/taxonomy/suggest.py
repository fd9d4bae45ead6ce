"""Which terms a reader may mean, from the letters typed so far."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from mawsim.taxonomy.folding import fold, joined_tails
from mawsim.taxonomy.vocabulary import Term, Vocabulary, term, terms

QUERY_LENGTH = 80
SEARCHED = (Vocabulary.PILLAR, Vocabulary.SECTOR, Vocabulary.TECHNOLOGY, Vocabulary.PARTNERSHIP)

# How a name was hit, best first.
_WHOLE, _START, _WORD, _INSIDE = range(4)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term in the reader's language, and the name that was hit where that is not the label."""

    term: Term
    matched: str = ""


@dataclass(frozen=True, slots=True)
class _Name:
    vocabulary: Vocabulary
    code: str
    text: str
    folded: str
    tails: tuple[str, ...]
    is_synonym: bool


def suggest(
    query: str,
    language: str,
    vocabularies: Collection[Vocabulary] = SEARCHED,
    source_language: str | None = None,
    limit: int = 8,
) -> list[Suggestion]:
    """Terms whose label or synonym holds `query`, best first.

    Names are looked up in the reader's language, then the source language of the text at hand, then
    English; hits at the start of a name come before hits at a word, and those before hits inside one.
    """
    needle = fold(query[:QUERY_LENGTH])
    if not needle:
        return []
    best: dict[tuple[Vocabulary, str], tuple[tuple[int, int, bool, int], str]] = {}
    for rank, name in _hits(needle, _languages(language, source_language), vocabularies):
        key = (name.vocabulary, name.code)
        if key not in best or rank < best[key][0]:
            best[key] = (rank, name.text)
    ordered = sorted(best.items(), key=lambda item: item[1][0])[:limit]
    return [_suggestion(key, matched, language) for key, (_, matched) in ordered]


def _suggestion(key: tuple[Vocabulary, str], matched: str, language: str) -> Suggestion:
    found = term(*key, language)
    return Suggestion(found, "" if matched == found.label else matched)


def _languages(language: str, source_language: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in (language, source_language, "en") if code))


def _hits(
    needle: str, languages: tuple[str, ...], vocabularies: Collection[Vocabulary]
) -> Iterator[tuple[tuple[int, int, bool, int], _Name]]:
    """((how, language, synonym, place in the list), name) of every name that is hit."""
    for order, language in enumerate(languages):
        for place, name in enumerate(_names(language)):
            if name.vocabulary not in vocabularies:
                continue
            how = _best_hit(needle, name)
            if how is not None:
                yield (how, order, name.is_synonym, place), name


def _best_hit(needle: str, name: _Name) -> int | None:
    hits = (_hit(needle, name.folded), _hit_joined(needle.replace(" ", ""), name.tails))
    return min((how for how in hits if how is not None), default=None)


def _hit_joined(needle: str, tails: tuple[str, ...]) -> int | None:
    for word, tail in enumerate(tails):
        if tail.startswith(needle):
            return _WORD if word else _WHOLE if tail == needle else _START
    return None


def _hit(needle: str, name: str) -> int | None:
    at = name.find(needle)
    if at < 0:
        return None
    if at == 0:
        return _WHOLE if len(needle) == len(name) else _START
    if f" {needle}" in name:
        return _WORD
    # One Latin letter is inside nearly every name; one Thai or Chinese character tells something.
    return None if needle.isascii() and len(needle) < 3 else _INSIDE


@cache
def _names(language: str) -> tuple[_Name, ...]:
    return tuple(
        _Name(vocabulary, entry.code, text, fold(text), joined_tails(text), is_synonym)
        for vocabulary in SEARCHED
        for entry in terms(vocabulary, language)
        for is_synonym, text in [(False, entry.label), *((True, synonym) for synonym in entry.synonyms)]
    )
