"""Does a fact of an item stand in a translation?"""

import re
import unicodedata
from decimal import Decimal

_NUMBER = re.compile(r"\d+(?:[.,٫٬'’]\d+)*")
# What words for large numbers are worth: thousand, 만, million, 억, billion, trillion.
_MAGNITUDES = tuple(Decimal(10) ** power for power in (3, 4, 6, 8, 9, 12))


def is_kept(fact: str, translation: str) -> bool:
    """A fact with digits is kept if each of its numbers is there with the same value, whatever the words
    around it (a month, a unit), however the language separates or groups digits, and whether it says
    300,000 or 30만. Any other fact has to be there as it is."""
    wanted, text = _folded(fact), _folded(translation)
    if wanted in text and not _cut_out(wanted, text):
        return True
    numbers, left = _NUMBER.findall(wanted), [_values(number) for number in _NUMBER.findall(text)]
    for number in numbers:
        match = next((one for one in left if _same(_values(number), one)), None)
        if match is None:
            return False
        left.remove(match)
    return bool(numbers)


def _cut_out(wanted: str, text: str) -> bool:
    """Whether it stands only inside longer numbers: "40" in "140"."""
    inside = re.compile(
        rf"(?<![\d]){re.escape(wanted)}(?![\d])" if wanted[:1].isdigit() else re.escape(wanted)
    )
    return not inside.search(text)


def _folded(text: str) -> str:
    digits = (str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
    return " ".join(unicodedata.normalize("NFKC", "".join(digits)).casefold().split())


def _values(number: str) -> set[Decimal]:
    """What the number may be worth: "1.500" is 1500 here and 1.5 there."""
    groups = re.split(r"\D", number)
    found = {Decimal("".join(groups[:-1]) + "." + groups[-1]) if len(groups) > 1 else Decimal(number)}
    if len(groups) > 1 and all(len(group) == 3 for group in groups[1:]):
        found.add(Decimal("".join(groups)))
    return found


def _same(ours: set[Decimal], theirs: set[Decimal]) -> bool:
    return any(
        one == other
        or one in {other * much for much in _MAGNITUDES}
        or other in {one * much for much in _MAGNITUDES}
        for one in ours
        for other in theirs
    )
