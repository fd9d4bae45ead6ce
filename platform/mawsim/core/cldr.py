"""Names and formats of countries, languages, money, numbers and dates, from CLDR through Babel.

Every function takes one of our language codes (`core.languages`).
"""

from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, format_skeleton, get_timezone
from babel.numbers import format_currency, format_decimal, format_percent, list_currencies

from mawsim.core.languages import BY_CODE

# CLDR lists groupings, pseudo-locales and "unknown" beside the countries of ISO 3166-1.
_NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@cache
def locale_of(language: str) -> Locale:
    return Locale.parse(BY_CODE[language].locale)


@cache
def country_codes() -> frozenset[str]:
    """The ISO 3166-1 alpha-2 codes."""
    codes = map(str, Locale.parse("en").territories)
    return frozenset(
        code for code in codes if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    )


def country_name(code: str, language: str) -> str:
    """The country's name, or the code itself where CLDR has none."""
    return str(locale_of(language).territories.get(code) or code)


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of all countries, by name."""
    pairs = ((code, country_name(code, language)) for code in country_codes())
    return tuple(sorted(pairs, key=lambda pair: pair[1]))


def language_name(code: str, language: str) -> str:
    """The name of the language `code` in `language`."""
    locale = locale_of(code)
    return str(locale.get_display_name(locale_of(language)) or BY_CODE[code].english)


def is_currency(code: str) -> bool:
    """Whether `code` is an ISO 4217 currency."""
    return code in list_currencies()


def money(amount: Decimal | int, currency: str, language: str) -> str:
    """An amount without its cents: sums here are investments, not receipts."""
    locale = locale_of(language)
    pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
    return str(format_currency(amount, currency, pattern, locale, currency_digits=False))


def quantity(value: Decimal | int | float, language: str) -> str:
    return str(format_decimal(value, locale=locale_of(language)))


def percent(share: float, language: str) -> str:
    """A share of one, to a tenth of a percent."""
    return str(format_percent(round(share, 3), locale=locale_of(language), decimal_quantization=False))


def day(value: date | datetime, language: str, time_zone: str = "UTC") -> str:
    """A date as the language writes it, in the reader's time zone."""
    if isinstance(value, datetime):
        value = value.astimezone(get_timezone(time_zone)).date()
    return str(format_date(value, "medium", locale=locale_of(language)))


def moment(value: datetime, language: str, time_zone: str = "UTC") -> str:
    """A date and time to the minute, in the reader's time zone and on the 24-hour clock.

    Between countries that count hours differently, "17:30" cannot be misread.
    """
    locale, zone = locale_of(language), get_timezone(time_zone)
    time = format_skeleton("Hm", value, zone, locale=locale)
    return str(locale.datetime_formats["medium"]).format(time, day(value, language, time_zone))
