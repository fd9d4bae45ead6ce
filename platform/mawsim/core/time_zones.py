"""Time zones by the names that readers know: city and country in their language, and the offset."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from babel.core import get_global
from babel.dates import get_timezone, get_timezone_gmt

from mawsim.core.cldr import country_name, locale_of


def time_zone_name(name: str, language: str, now: datetime) -> str:
    """ "서울 · 대한민국 · GMT+09:00" for "Asia/Seoul"; the offset is that of `now`."""
    offset = get_timezone_gmt(now.astimezone(get_timezone(name)), locale=locale_of(language))
    return " · ".join([*_place(name, language), str(offset)])


def time_zone_choices(
    names: Iterable[str], language: str, now: datetime, kept: str = ""
) -> list[tuple[str, str]]:
    """(name, as the reader knows it), by country and city, UTC first.

    Names of former times for the same place (Asia/Calcutta) are left out, but for the one that is `kept`.
    """
    current = [name for name in names if name in {"UTC", kept} or _territory(name)]
    ordered = sorted(current, key=lambda name: _place(name, language)[::-1])
    return [(name, time_zone_name(name, language, now)) for name in ordered]


@cache
def _place(name: str, language: str) -> tuple[str, ...]:
    """City and country; nothing for UTC, which lies nowhere."""
    territory = _territory(name)
    if not territory:
        return () if name == "UTC" else (_last_part(name),)
    return _city(name, language), country_name(territory, language)


def _territory(name: str) -> str:
    found = str(get_global("zone_territories").get(name, ""))
    return "" if found == "001" else found


def _city(name: str, language: str) -> str:
    """CLDR keeps the first name of a zone for good: Asia/Saigon for what is Asia/Ho_Chi_Minh now. A city
    that is written as the zone is has no entry."""
    known = locale_of(language).time_zones
    older = [old for old, new in get_global("zone_aliases").items() if new == name]
    cities = (known[one]["city"] for one in [name, *older] if one in known and "city" in known[one])
    return str(next(cities, _last_part(name)))


def _last_part(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ")
