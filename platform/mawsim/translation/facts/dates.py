"""Dates with a month in words: read in one language, written in another, day and year as they stand."""

import re
from functools import cache

from babel import Locale

from mawsim.core.languages import BY_CODE

_NUMBERED = {"ko": "년월일", "zh-Hans": "年月日"}  # months are numbers there
_WIDE_ONLY = {"tl"}  # "May" is also "there is"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_DAY = r"(?P<d>\d{1,2})"


@cache
def months(language: str) -> dict[str, int]:
    """{name of a month: its number}, as the language spells it and capitalised, the longest first."""
    names: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide",) if language in _WIDE_ONLY else ("wide", "abbreviated"):
            for number, name in Locale.parse(BY_CODE[language].locale).months[context][width].items():
                for spelling in (name.rstrip("."), name.rstrip(".").capitalize()):
                    names.setdefault(spelling, number)
    usable = {name: number for name, number in names.items() if len(name) > 2 and not name.isdigit()}
    return dict(sorted(usable.items(), key=lambda item: -len(item[0])))


@cache
def patterns(language: str) -> tuple[re.Pattern[str], ...]:
    """Expressions with the groups y, m and d, where the date has them; at least two of them."""
    if language in _NUMBERED:
        year, month, day = tuple(_NUMBERED[language])
        m, d = rf"(?P<m>\d{{1,2}})\s?{month}", rf"{_DAY}\s?{day}"
        return (
            re.compile(rf"{_YEAR}\s?{year}\s?{m}(?:\s?{d})?"),
            re.compile(rf"(?<!\d){m}\s?{d}"),
        )
    name = "(?P<m>" + "|".join(re.escape(month) for month in months(language)) + r")\.?(?!\w)"
    return tuple(re.compile(rf"(?<![\w\d]){form}(?![.,]?\d)") for form in _forms(language, name))


def _forms(language: str, name: str) -> list[str]:
    if language == "vi":
        return [
            rf"(?:[Nn]gày )?{_DAY} {name}(?:,? năm| ?[,/])? {_YEAR}",
            rf"{name}(?:,? năm| ?[,/])? {_YEAR}",
            rf"(?:[Nn]gày )?{_DAY} {name}",
        ]
    return [
        rf"{_DAY}\.? (?:de |ng |ב|ב-)?{name},? {_YEAR}",
        rf"{name} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
        rf"{name},? {_YEAR}",
        rf"{_DAY}\.? {name}",
        rf"{name} {_DAY}(?:st|nd|rd|th)?",
    ]


def month_number(word: str, language: str) -> int | None:
    """1 to 12; None for what is no month."""
    if word.isdigit():
        number = int(word)
        return number if 1 <= number <= 12 else None
    return months(language).get(word.rstrip("."))


def written(day: str, month: int, year: str, language: str) -> str:
    """The date in a language; `day` and `year` as they stand in the original, or empty."""
    if language in _NUMBERED:
        parts = zip((year, str(month), day), _NUMBERED[language], strict=True)
        return (" " if language == "ko" else "").join(number + unit for number, unit in parts if number)
    name = Locale.parse(BY_CODE[language].locale).months["format"]["wide"][month]
    if language == "vi" and year:
        return " ".join(part for part in (day, name, "năm", year) if part)
    return " ".join(part for part in (day, name, year) if part)
