"""Find the facts of a text."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from mawsim.translation.facts import dates, magnitudes


class FactKind(StrEnum):
    NAME = "name"  # given by the caller or by the glossary
    ADDRESS = "address"  # e-mail, URL
    DATE = "date"  # with the month in words
    CODE = "code"  # certificate, model number, TRL
    NUMBER = "number"  # with its currency, unit, percent sign or magnitude


@dataclass(frozen=True, slots=True)
class Fact:
    """text[start:end] of the source. `power` is that of a magnitude word; `tail` follows that word."""

    start: int
    end: int
    text: str
    kind: FactKind
    power: int = 0
    tail: str = ""
    date: tuple[str, int, str] | None = None  # day, month, year

    def written(self, language: str) -> str:
        """How it stands in a translation: as in the source, but for words (months, magnitudes), and for
        digits of a script that the language does not use."""
        if self.kind == FactKind.DATE and self.date:
            day, month, year = self.date
            return dates.written(latin_digits(day, language), month, latin_digits(year, language), language)
        if self.power:
            head = self.text.rstrip()
            return latin_digits(head, language) + magnitudes.phrase(self.power, language) + self.tail
        return latin_digits(self.text, language) if self.kind == FactKind.NUMBER else self.text


_DIGITS_OF = {"th": "๐", "lo": "໐", "km": "០", "my": "၀", "ar": "٠", "fa": "۰"}
_SEPARATORS = str.maketrans({"٫": ".", "٬": ",", "٪": "%", "％": "%"})


def latin_digits(text: str, language: str) -> str:
    """Digits of other scripts as 0-9, unless the language writes them so itself."""
    zero = _DIGITS_OF.get(language)
    if text.isascii() or (zero and any(zero <= character <= chr(ord(zero) + 9) for character in text)):
        return text
    folded = "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text
    )
    return folded.translate(_SEPARATORS) if folded != text else text


_ADDRESS = (
    r"https?://[^\s<>\"'“”()\[\]{}「」]+[^\s<>\"'“”()\[\]{}「」.,;:!?。،؛]"
    r"|www\.[\w.-]+\.[A-Za-z]{2,}(?:/[^\s<>]*[\w/])?"
)
_MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
_TOP = "com|net|org|io|ai|kr|co|vn|id|my|th|sg|ph|ae|sa|il|ir|tr|cn|la|kh|mm"
_DOMAIN = rf"(?<![\w@.-])(?:[A-Za-z0-9-]+\.)+(?:{_TOP})(?:/[\w./?=&%-]*[\w/])?(?![A-Za-z0-9-]|\.[A-Za-z])"
_STANDARD = (
    r"(?<![A-Za-z0-9])(?:(?:ISO(?:/IEC)?|IEC|IEEE|EN|ASTM|UL|NIST|GMP|KS|TCVN|SNI|TIS|SASO|GSO|TRL|CAS|HS)"
    r"(?: [A-Z]{1,3})?[ -]?\d[\d:./-]*\d|(?:ISO(?:/IEC)?|IEC|UL|TRL|KS [A-Z])[ -]?\d(?:\s?[-–~]\s?\d)?"
    r"|\d{3}\(k\))"
)
_CODE = (
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9+./_-]*\d)(?=[A-Za-z0-9+./_-]*[A-Z])"
    r"(?:[A-Za-z]+\d[A-Za-z0-9]*|\d+[A-Z][A-Za-z0-9]*|[A-Z]{2,}(?=[-/.]\w*\d))"
    r"(?:[-./_][A-Za-z]*\d[A-Za-z0-9]*|[-./_][A-Z]{1,4}(?![a-z]))*\+?(?![A-Za-z0-9])"
)
_NUM = r"\d+(?:[.,٫٬'’]\d+|[\u00a0\u202f]\d{3}(?!\d))*"
_NUMS = rf"{_NUM}(?:\s?[–—~〜∼]\s?{_NUM}|[-/:×]{_NUM})*"
_ISO = "USD|EUR|KRW|VND|IDR|MYR|THB|PHP|KHR|LAK|MMK|AED|SAR|QAR|KWD|OMR|BHD|ILS|IRR|TRY|CNY|RMB|SGD|JPY|GBP"
_CURRENCY = rf"(?:(?:{_ISO}|US\$|S\$|HK\$|RM|Rp\.?|[$€£¥₩฿₫₱₪﷼៛₭₺])(?![A-Za-z]))"
_UNIT = (
    r"(?:%|٪|％|‰|°\s?[CF]?|℃|(?:km|cm|mm|nm|μm|µm|kg|mg|μg|µg|mL|ml|kWh|MWh|GWh|TWh|kW|MW|GW|TW|kV|mAh|"
    r"GHz|MHz|kHz|Hz|dB|dBm|TB|GB|MB|KB|PB|Gbps|Mbps|kbps|TFLOPS|PFLOPS|TOPS|fps|FPS|dpi|ppm|ppb|ms|μs|µs|ns|"
    r"m²|m³|m2|m3|km²|km2|t|g|m|W|V|A|K|M|L|°|MW/h)(?![A-Za-z]))"
)


@cache
def _pattern(language: str) -> re.Pattern[str]:
    space = r"[ \u00a0\u202f]?"
    number = (
        rf"(?:[<>≤≥≈±]\s?)?(?:[%٪]\s?(?=\d))?(?:{_CURRENCY}{space})?(?:(?<![\w)])[+\-−])?"
        rf"(?P<digits>{_NUMS})(?P<power>{magnitudes.pattern(language)})?(?P<tail>{space}(?:{_CURRENCY}|{_UNIT}))?"
    )
    return re.compile(
        rf"(?P<address>{_ADDRESS}|{_MAIL}|{_DOMAIN})|(?P<code>{_STANDARD}|{_CODE})|(?P<number>{number})"
    )


def find(text: str, language: str, names: Iterable[str] = ()) -> list[Fact]:
    """The facts in order, none overlapping another. `names` are kept as they are, wherever they stand as
    words of their own; the longest wins."""
    found = [*_named(text, names), *_dates(text, language)]
    for match in _pattern(language).finditer(text):
        found.append(_matched(match, language))
    return _apart(found)


def _matched(match: re.Match[str], language: str) -> Fact:
    if match.lastgroup == "address" or match["address"]:
        return Fact(match.start(), match.end(), match.group(), FactKind.ADDRESS)
    if match["code"]:
        return Fact(match.start(), match.end(), match.group(), FactKind.CODE)
    if match["power"]:
        power = magnitudes.powers(language)[match["power"].strip()]
        head = match.group()[: match.start("power") - match.start()]
        return Fact(match.start(), match.end(), head, FactKind.NUMBER, power, match["tail"] or "")
    return Fact(match.start(), match.end(), match.group(), FactKind.NUMBER)


def _dates(text: str, language: str) -> list[Fact]:
    found = []
    for pattern in dates.patterns(language):
        for match in pattern.finditer(text):
            parts = match.groupdict()
            if month := dates.month_number(parts["m"], language):
                date = (parts.get("d") or "", month, parts.get("y") or "")
                found.append(Fact(match.start(), match.end(), match.group(), FactKind.DATE, date=date))
    return found


def _named(text: str, names: Iterable[str]) -> list[Fact]:
    usable = sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True)
    if not usable:
        return []
    pattern = re.compile("|".join(_as_word(name) for name in usable))
    return [
        Fact(match.start(), match.end(), match.group(), FactKind.NAME) for match in pattern.finditer(text)
    ]


def _as_word(name: str) -> str:
    """Latin names end where letters end; a Korean particle or a Thai word may follow at once."""
    left = r"(?<![A-Za-z0-9])" if name[0].isascii() and name[0].isalnum() else ""
    right = r"(?![A-Za-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    return left + re.escape(name) + right


_ORDER = list(FactKind)


def _apart(found: Sequence[Fact]) -> list[Fact]:
    """Names win over addresses, these over dates and so on; the rest of a fact cut short is lost."""
    kept: list[Fact] = []
    for fact in sorted(
        found, key=lambda fact: (_ORDER.index(fact.kind), -(fact.end - fact.start), fact.start)
    ):
        if all(fact.end <= other.start or fact.start >= other.end for other in kept):
            kept.append(fact)
    return sorted(kept, key=lambda fact: fact.start)
