"""Is this a translation of that? What can be told without knowing both languages."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mawsim.core.language_check import Verdict, check
from mawsim.core.scripts import SCRIPT_OF_LANGUAGE
from mawsim.core.text import has_hidden_characters
from mawsim.translation.engines.base import TermHint
from mawsim.translation.facts import Fact, differing_values, find, lost_and_invented
from mawsim.translation.glossary import Applied, Glossary
from mawsim.translation.scopes import PUBLIC, Scope

# Characters that the same content takes, English being 1.
_LENGTHS = {
    "ko": 0.5, "en": 1.0, "id": 1.1, "ms": 1.1, "vi": 1.05, "th": 0.95, "tl": 1.2, "km": 1.1, "lo": 1.0,
    "my": 1.2, "ar": 0.88, "he": 0.78, "fa": 0.95, "tr": 1.05, "zh-Hans": 0.34,
}  # fmt: skip
_SLACK = 10  # characters of English that short texts may be longer or shorter by
_SHORTEST, _LONGEST = 0.4, 2.5
_COPIED = 0.6  # share of words that stand in the original as well
_ALIKE = frozenset({"id", "ms"})  # share most of their words
_MARKUP = re.compile(r"</?[a-zA-Z!][^>]*>?|```|\]\(|&(?:#\d+|[a-zA-Z]{2,8});|\{\{|\}\}|⟦|⟧|\*\*")
_REPEATED = re.compile(r"(\w[\w\s,.،၊]{1,30}?)\1{3,}")
# Between words stand spaces and stops; the vowel signs of Burmese or Khmer are no gaps between words.
_STUTTER = re.compile(r"\b(\w+)(?:[\s,.;:!?،؛؟၊။។、，。]+\1\b){3,}")
_WORD = re.compile(r"[^\W\d_]{3,}")

MESSAGES: dict[str, str | Promise] = {
    "empty": _("The translation is empty."),
    "fact_lost": _("A figure, date or name is missing"),
    "fact_invented": _("A figure or address is not in the original"),
    "length": _("The length does not fit the original."),
    "language": _("The text does not seem to be in the right language."),
    "copied": _("Most of it is the original, untranslated."),
    "repetition": _("It repeats itself."),
    "forbidden_term": _("A forbidden word is used"),
    "term_missing": _("The glossary has another word"),
    "markup": _("It contains markup or line breaks that the original does not."),
    "hidden": _("It contains characters that cannot be seen."),
}
_SOFT = {"term_missing"}  # another engine may do better; alone it does not spoil a translation


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is a key of MESSAGES; `details` are the words concerned."""

    code: str
    details: tuple[str, ...] = ()

    @property
    def fatal(self) -> bool:
        """Whether a machine's translation with it is not shown."""
        return self.code not in _SOFT

    @property
    def message(self) -> str:
        text = str(MESSAGES[self.code])
        return f"{text}: {', '.join(self.details)}" if self.details else text


def problems(
    original: str,
    translation: str,
    source: str,
    target: str,
    facts: Sequence[Fact],
    hints: Sequence[TermHint] = (),
    compare: Callable[[Sequence[Fact], str, str], tuple[list[str], list[str]]] = lost_and_invented,
) -> list[Problem]:
    """Everything that speaks against the translation, in the order of MESSAGES; none when all is well."""
    if not any(character.isalnum() for character in translation):
        return [Problem("empty")]
    lost, invented = compare(facts, translation, target)
    ours = _words(original, facts)
    theirs = _without(translation, [fact.written(target) for fact in facts])
    found = [
        Problem("fact_lost", tuple(lost)) if lost else None,
        Problem("fact_invented", tuple(invented)) if invented else None,
        Problem("length") if not _fits(original, translation, source, target) else None,
        Problem("language") if check(theirs, target).verdict != Verdict.FITS else None,
        Problem("copied") if _is_copied(ours, theirs, source, target) else None,
        Problem("repetition") if _repeats(translation) and not _repeats(original) else None,
        *_of_terms(translation, hints),
        Problem("markup") if _has_new_markup(original, translation) else None,
        Problem("hidden") if has_hidden_characters(translation, multiline="\n" in original) else None,
    ]
    return [problem for problem in found if problem]


def check_pair(
    original: str,
    translation: str,
    source: str,
    target: str,
    scopes: Sequence[Scope] = (PUBLIC,),
    names: Iterable[str] = (),
) -> list[Problem]:
    """`problems` with the glossary and the facts looked up: for people who translate. One query."""
    applied: Applied = Glossary.load([source], scopes).applied(original, source, target, scopes)
    facts = find(original, source, [*names, *applied.kept])
    return problems(original, translation, source, target, facts, applied.hints, differing_values)


def _words(text: str, facts: Sequence[Fact]) -> str:
    return _without(text, [fact.text for fact in facts])


def _without(text: str, strings: Iterable[str]) -> str:
    for string in sorted(set(strings), key=len, reverse=True):
        text = text.replace(string, " ")
    return text


def _fits(original: str, translation: str, source: str, target: str) -> bool:
    expected = len(original) / _LENGTHS[source] + _SLACK
    found = len(translation) / _LENGTHS[target] + _SLACK
    return _SHORTEST <= found / expected <= _LONGEST


def _is_copied(ours: str, theirs: str, source: str, target: str) -> bool:
    """Only between languages of one script; a text in another script is in the wrong language."""
    if SCRIPT_OF_LANGUAGE[source] != SCRIPT_OF_LANGUAGE[target] or {source, target} == _ALIKE:
        return False
    mine, yours = (_WORD.findall(text.casefold()) for text in (ours, theirs))
    if len(yours) < 4:
        return len(yours) > 1 and mine == yours and any(word.islower() for word in _WORD.findall(theirs))
    return sum(word in set(mine) for word in yours) / len(yours) >= _COPIED


def _repeats(text: str) -> bool:
    return bool(_REPEATED.search(text) or _STUTTER.search(text.casefold()))


def _of_terms(translation: str, hints: Sequence[TermHint]) -> list[Problem]:
    folded = translation.casefold()
    used = [word for hint in hints for word in hint.forbidden if word.casefold() in folded]
    missing = [hint.target for hint in hints if hint.target and hint.target.casefold() not in folded]
    found = [Problem("forbidden_term", tuple(used))] if used else []
    return found + ([Problem("term_missing", tuple(missing))] if missing else [])


def _has_new_markup(original: str, translation: str) -> bool:
    if translation.count("\n") > original.count("\n"):
        return True
    return any(mark not in original for mark in _MARKUP.findall(translation))
