"""Search terms for exact words in fifteen languages, for a PostgreSQL that has no dictionaries for them.

Dense vectors find meaning but blur names: "H100", "ISMS-P", a hospital. These terms find those. They are
made here, so the database needs neither a text-search configuration nor an extension:

    store    search_terms = array_to_tsvector(%(terms)s::text[])                  with `terms(document)`
    index    GIN (search_terms)
    select   WHERE search_terms @@ %(term)s::tsquery         with `quoted(term)`, the rarest terms first
    rank     by the sum of weight x `rarity` of the terms found

Written with spaces, a word is a term. Thai, Lao, Khmer, Burmese and Han have no spaces, and Korean glues
particles to its words: there every two neighbouring characters are a term as well.
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from matching.text import normalise

MAX_TERM_CHARS = 60
MAX_TERMS = 4_000
MAX_QUERY_TERMS = 64

# How much a shared term says. Letters with digits are rarest; two Thai characters occur everywhere.
CODE, ACRONYM, LONG_NUMBER, WORD, VARIANT, NUMBER, BIGRAM, SHORT_WORD = (
    4.0,
    3.0,
    2.0,
    1.0,
    0.5,
    0.5,
    0.35,
    0.2,
)

# Words in which a slip is looked for; above LONG_WORD letters two slips are.
LEAST_SPELLED, LONG_WORD, MOST_SPELLED = 4, 8, 30

_HAN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SOUTHEAST_ASIAN = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"
_HANGUL = "\uac00-\ud7a3\u3131-\u318e"
_LETTER = rf"[^\W_{_HAN}{_SOUTHEAST_ASIAN}{_HANGUL}]"
_TOKEN = re.compile(
    rf"(?P<unspaced>[{_HAN}]+|[{_SOUTHEAST_ASIAN}]+)|(?P<hangul>[{_HANGUL}]+)"
    rf"|(?P<word>{_LETTER}+(?:[-/.+&']{_LETTER}+)*)"
)
_SPELLED = re.compile(rf"(?:(?!\d){_LETTER})+")
_CAPITALS = re.compile(r"(?<![A-Za-z])[A-Z]{2,8}(?![A-Za-z])")
_SMALL = re.compile(r"[a-z]")
_SEPARATORS = re.compile(r"[-/.+&']")
_LETTERS_DIGITS = re.compile(r"([^\W\d_]{2,})(\d+)")
# Khmer's coeng and Burmese's stacker write the next consonant below: both are one character to a reader.
_STACKERS = "\u17d2\u1039"
_THAI_LAO_LEADING_VOWELS = "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4"
_ARABIC_PREFIX = re.compile(r"^(?:[وف]?(?:ال|بال|كال|لل))(?=[\u0600-\u06ff]{3})")
_HEBREW_PREFIX = re.compile(r"^[ושהבלמכ](?=[\u05d0-\u05ea]{3})")


class QueryTerm(NamedTuple):
    """A term to look for, and how much finding it says."""

    term: str
    weight: float


def terms(text: str) -> list[str]:
    """Return the distinct terms of a document, the telling ones first, at most `MAX_TERMS`."""
    return [term for term, _ in _ranked(text)[:MAX_TERMS]]


def query_terms(text: str) -> list[QueryTerm]:
    """Return the distinct terms of a query, heaviest first, at most `MAX_QUERY_TERMS`.

    Little words are left out where there are others, as every document has them.
    """
    ranked = _ranked(text)
    telling = [found for found in ranked if found.weight > SHORT_WORD]
    return (telling or ranked)[:MAX_QUERY_TERMS]


def quoted(term: str) -> str:
    """Return a term as text for `::tsquery`."""
    escaped = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def rarity(documents: int, total: int) -> float:
    """Return how much a term says that occurs in so many of the documents: 1 if in none or one, to 0 in all.

    The usual logarithm (Sparck Jones, 1972), as a share of its greatest value.
    """
    if documents <= 1 or total <= 1:
        return 1.0
    return max(0.0, math.log(total / min(documents, total)) / math.log(total))


def is_spellable(term: str) -> bool:
    """Whether another spelling may be meant: a word of letters, neither a code nor an acronym nor a number.

    Where every two neighbouring characters are terms, a wrong one leaves the others, so nothing is needed.
    """
    return LEAST_SPELLED <= len(term) <= MOST_SPELLED and bool(_SPELLED.fullmatch(term))


def spelling_keys(word: str) -> list[str]:
    """Return the word, and the word without each of its letters: two spellings a slip apart share a key.

    This is the deletion neighbourhood (Mor and Fraenkel, 1982): unlike shared n-grams, few words have one.
    """
    return sorted({word, *(word[:at] + word[at + 1 :] for at in range(len(word)))})


def likely_spellings(word: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return those of `known` that are a slip away from the word (two in a long one), nearest first."""
    from rapidfuzz.distance import OSA

    most = 1 if len(word) < LONG_WORD else 2
    near = [(OSA.distance(word, other), other) for other in known if other != word]
    return [other for distance, other in sorted(near) if distance <= most][:limit]


def _ranked(text: str) -> list[QueryTerm]:
    """Return every term once with its greatest weight, heaviest first, then in order of appearance."""
    weights: dict[str, float] = {}
    for term, weight in _weighed(text):
        short = term[:MAX_TERM_CHARS]
        weights[short] = max(weight, weights.get(short, 0.0))
    ranked = [QueryTerm(term, weight) for term, weight in weights.items()]
    return sorted(ranked, key=lambda found: -found.weight)


def _weighed(text: str) -> Iterator[QueryTerm]:
    acronyms = _acronyms(text)
    clean = normalise(text)
    before: re.Match[str] | None = None
    for token in _TOKEN.finditer(clean):
        value = token[0]
        if token.lastgroup == "unspaced":
            for run in _clusters(value):
                yield from _bigrams(run)
        elif token.lastgroup == "hangul":
            yield QueryTerm(value, WORD if len(value) > 1 else BIGRAM)
            yield from _bigrams(list(value))
        else:
            yield from _word(value, acronyms)
            if value.isdecimal() and before and clean[before.end() : token.start()] == " ":
                yield from _numbered(before[0], value)
        before = token if token.lastgroup == "word" else None


def _acronyms(text: str) -> set[str]:
    """Return, in small letters, the words in capitals; none in a text that has no small letters at all."""
    text = unicodedata.normalize("NFKC", text)
    short_or_mixed = len(text) <= 20 or _SMALL.search(text) or not text.isascii()
    return {found.lower() for found in _CAPITALS.findall(text)} if short_or_mixed else set()


def _word(word: str, acronyms: set[str]) -> Iterator[QueryTerm]:
    """Yield a word of a spaced script; joined ones ("isms-p", "iso/iec") whole, closed up and in parts."""
    parts = _SEPARATORS.split(word)
    if len(parts) == 1:
        yield from _simple(word, acronyms)
        return
    named = any(part in acronyms for part in parts) or _is_code(word)
    yield QueryTerm(word, CODE if named else WORD)
    if not all(part.isdecimal() for part in parts):
        yield QueryTerm("".join(parts), CODE if named else WORD)
    for part in parts:
        if len(part) > 1:
            yield from _simple(part, acronyms)


def _simple(word: str, acronyms: set[str]) -> Iterator[QueryTerm]:
    yield QueryTerm(word, _weight(word, acronyms))
    yield from (QueryTerm(variant, VARIANT) for variant in _variants(word) if variant != word)
    if glued := _LETTERS_DIGITS.fullmatch(word):
        for part in glued.groups():
            if len(part) > 1:
                yield QueryTerm(part, _weight(part, acronyms))


def _weight(word: str, acronyms: set[str]) -> float:
    if word.isdecimal():
        return LONG_NUMBER if len(word) >= 4 else NUMBER
    if word in acronyms:
        return ACRONYM
    if _is_code(word):
        return CODE
    # With an accent a short word is mostly Vietnamese, where short words are no less telling.
    return SHORT_WORD if len(word) <= 3 and word == _without_accents(word) else WORD


def _is_code(word: str) -> bool:
    return any(c.isdecimal() for c in word) and any(c.isalpha() for c in word)


def _variants(word: str) -> Iterator[str]:
    """Yield the word as typed without accents, and without the Arabic article or a Hebrew prefix."""
    yield _without_accents(word)
    yield _ARABIC_PREFIX.sub("", word)
    yield _HEBREW_PREFIX.sub("", word)


def _without_accents(word: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return plain.replace("đ", "d")


def _numbered(name: str, number: str) -> Iterator[QueryTerm]:
    """Yield "ISO/IEC 27001" whole and as "iso27001" and "iec27001", the ways it is written elsewhere."""
    parts = [part for part in _SEPARATORS.split(name) if part.isalpha() and 1 < len(part) <= 6]
    if parts:
        yield QueryTerm(f"{name} {number}", CODE)
    for part in parts:
        yield QueryTerm(f"{part}{number}", CODE)


def _bigrams(characters: list[str]) -> Iterator[QueryTerm]:
    if len(characters) == 1:
        yield QueryTerm(characters[0], BIGRAM)
    for first, second in itertools.pairwise(characters):
        yield QueryTerm(first + second, BIGRAM)


def _clusters(text: str) -> Iterator[list[str]]:
    """Yield runs of letters as lists of characters as a reader counts them: a letter with its marks."""
    run: list[str] = []
    for char in text:
        kind = unicodedata.category(char)[0]
        joined = run and (kind == "M" or run[-1][-1] in _STACKERS + _THAI_LAO_LEADING_VOWELS)
        if kind not in "LM":
            if run:
                yield run
            run = []
        elif joined:
            run[-1] += char
        else:
            run.append(char)
    if run:
        yield run
