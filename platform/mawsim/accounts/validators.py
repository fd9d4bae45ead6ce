"""What the fields of people and organisations accept; the same for forms, actions and the admin."""

import zoneinfo
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from mawsim.core import cldr, languages
from mawsim.core.text import HIDDEN_CHARACTERS, has_hidden_characters, is_blank

NAME_MAX, ABOUT_MAX, SECTORS_MAX = 160, 2000, 8
_http_url = URLValidator(
    schemes=["http", "https"], message=_("Enter a web address such as https://example.com")
)


@cache
def time_zones() -> tuple[str, ...]:
    """The names of the IANA time zones that people choose from ("Area/City" and UTC)."""
    areas = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    known = zoneinfo.available_timezones()
    return ("UTC", *sorted(zone for zone in known if zone.startswith(areas)))


def single_line(text: str) -> None:
    if has_hidden_characters(text) or is_blank(text):
        raise ValidationError(HIDDEN_CHARACTERS, code="hidden")


def several_lines(text: str) -> None:
    if has_hidden_characters(text, multiline=True):
        raise ValidationError(HIDDEN_CHARACTERS, code="hidden")


def country(code: str) -> None:
    if code not in cldr.country_codes():
        raise ValidationError(_("Choose a country from the list."), code="country")


def time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError(_("Choose a time zone from the list."), code="time_zone")


def web_address(url: str) -> None:
    """http or https with a host, and no user name in front of it: that hides the real host."""
    _http_url(url)
    if has_hidden_characters(url) or "@" in urlsplit(url).netloc:
        raise ValidationError(_http_url.message, code="invalid")


def names(value: Any) -> None:
    """{language: name} with known languages and names of one line."""
    if not isinstance(value, dict) or not set(value) <= set(languages.CODES):
        raise ValidationError(_("Choose a language from the list."), code="language")
    for name in value.values():
        if not isinstance(name, str) or not name or len(name) > NAME_MAX:
            raise ValidationError(_("This name is too long."), code="length")
        single_line(name)


def sectors(codes: list[str]) -> None:
    if len(codes) > SECTORS_MAX:
        raise ValidationError(
            _("Choose at most %(number)s sectors."), params={"number": SECTORS_MAX}, code="many"
        )
