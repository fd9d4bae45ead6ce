"""The facts of a sentence pair as the same sentinels on both sides."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from mawsim.translation.facts import Fact, FactKind, find
from mawsim.translation.facts.find import latin_digits

from .config import ENGLISH

_SEPARATOR = re.compile(r"(?<=\d)[.,٫٬'’\u00a0\u202f](?=\d)")
_NAME = re.compile(r"(?<![\w⟦])[A-Z][A-Za-z0-9]*(?:[-.+& ](?=[A-Z0-9])[A-Za-z0-9]+)*")
_BUCKETS = 10_000


def mask_pair(
    english: str, text: str, language: str, *, names: Iterable[str] = (), at_most: int = 20
) -> tuple[str, str] | None:
    """Both sides with sentinels, numbered as the facts stand in the English; None where the facts differ.

    A fact agrees if it says the same, however the language groups digits: "1,000 km" and "1.000km".
    """
    ours = find(english, ENGLISH, names)
    theirs = find(text, language, names)
    numbers: defaultdict[Any, list[int]] = defaultdict(list)
    for number, fact in enumerate(ours, start=1):
        numbers[_meaning(fact)].append(number)
    order = []
    for fact in theirs:
        left = numbers[_meaning(fact)]
        if not left:
            return None
        order.append(left.pop(0))
    if len(ours) != len(theirs) or len(ours) > at_most:
        return None
    return _replace(english, ours, range(1, len(ours) + 1)), _replace(text, theirs, order)


def _meaning(fact: Fact) -> tuple[object, ...]:
    if fact.kind == FactKind.DATE and fact.date:
        day, month, year = fact.date
        return (fact.kind, latin_digits(day, ENGLISH), month, latin_digits(year, ENGLISH))
    if fact.kind != FactKind.NUMBER:
        return (fact.kind, fact.text)
    digits = _SEPARATOR.sub("", latin_digits("".join(fact.text.split()), ENGLISH))
    return (fact.kind, digits.replace("٪", "%"), fact.power, fact.tail.strip())


def _replace(text: str, facts: Sequence[Fact], numbers: Iterable[int]) -> str:
    parts, end = [], 0
    for fact, number in zip(facts, numbers, strict=True):
        parts += [text[end : fact.start], f"⟦{number}⟧"]
        end = fact.end
    return "".join([*parts, text[end:]])


def shared_names(english: str, text: str, share: float, seed: int) -> list[str]:
    """Some of the names in Latin letters that stand on both sides, the same ones in every language.

    The site hides names of products and organisations as facts: the model has to know sentences with them.
    """
    found = {match.group() for match in _NAME.finditer(english) if len(match.group()) > 2}
    return sorted(name for name in found if name in text and _chance(f"{seed}/{english}/{name}") < share)


def _chance(text: str) -> float:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % _BUCKETS / _BUCKETS


def is_held_out(repository: str, document: str, share: float) -> bool:
    """Whether the document, in whatever language, is kept for measuring."""
    return _chance(f"{repository}/{document}") < share
