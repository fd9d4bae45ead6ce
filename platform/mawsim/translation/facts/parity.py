"""Do the facts of a text stand in its translation, each as often, and no others?"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from mawsim.translation.facts.find import Fact, FactKind, find, latin_digits

_DIGITS = re.compile(r"\d+(?:[.,٫٬'’]\d+)*")
_SIGNS = re.compile(r"[%‰°$€£¥₩฿₫₱₪﷼៛₭₺]")


def lost_and_invented(facts: Sequence[Fact], translation: str, target: str) -> tuple[list[str], list[str]]:
    """(what is missing in the translation, what it has too much); both empty when all is well.

    For machines: digits stay as they are written.
    """
    expected: Counter[str] = Counter()
    for fact in facts:
        expected.update(_signature(fact.written(target)))
    found = _signature(translation)
    lost = list((expected - found).elements()) + _missing_strings(facts, translation, target)
    invented = list((found - expected).elements()) + _strange_addresses(facts, translation, target)
    moved = _powers(facts, translation, target)
    return [*lost, *moved], invented


def differing_values(facts: Sequence[Fact], translation: str, target: str) -> tuple[list[str], list[str]]:
    """As `lost_and_invented`, for people, who may write 300,000 for 30만 and 4,8 for 4.8: the significant
    digits have to be the same, whatever the separators and magnitudes."""
    theirs = find(translation, target, [fact.text for fact in facts if fact.kind == FactKind.NAME])
    expected, found = _significant(facts), _significant(theirs)
    kept = [fact for fact in facts if fact.kind in {FactKind.ADDRESS, FactKind.NAME}]
    lost = list((expected - found).elements()) + _missing_strings(kept, translation, target)
    return lost, list((found - expected).elements()) + _strange_addresses(facts, translation, target)


def _significant(facts: Sequence[Fact]) -> Counter[str]:
    found: Counter[str] = Counter()
    for fact in facts:
        if fact.kind == FactKind.DATE and fact.date:
            numbers = [fact.date[0], fact.date[2]]  # the month may be a word or a number
        else:
            numbers = _DIGITS.findall(fact.text)
        digits = (re.sub(r"\D", "", latin_digits(number, "en")).strip("0") for number in numbers)
        found.update(number for number in digits if number)
    return found


def _signature(text: str) -> Counter[str]:
    """The numbers and signs of a text. Digits of all scripts count as what they are worth, signs too."""
    folded = unicodedata.normalize("NFKC", latin_digits(text, "en")).replace("٪", "%")
    return Counter([*_DIGITS.findall(folded), *_SIGNS.findall(folded)])


def _missing_strings(facts: Sequence[Fact], translation: str, target: str) -> list[str]:
    strings = Counter(fact.written(target) for fact in facts if fact.kind != FactKind.NUMBER)
    return [text for text, count in strings.items() if translation.count(text) < count]


def _strange_addresses(facts: Sequence[Fact], translation: str, target: str) -> list[str]:
    given = " ".join(fact.text for fact in facts)
    return [
        fact.text
        for fact in find(translation, target)
        if fact.kind == FactKind.ADDRESS and fact.text not in given
    ]


def _powers(facts: Sequence[Fact], translation: str, target: str) -> list[str]:
    """Numbers whose magnitude (million, 억) is another in the translation."""
    expected = Counter(_valued(fact) for fact in facts if fact.power)
    found = Counter(_valued(fact) for fact in find(translation, target) if fact.power)
    return [f"{number} × 10^{power}" for number, power in (expected - found) + (found - expected)]


def _valued(fact: Fact) -> tuple[str, int]:
    numbers = _DIGITS.findall(latin_digits(fact.text, "en"))
    return (numbers[-1] if numbers else "", fact.power)
