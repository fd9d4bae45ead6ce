"""From what a form or a program sends to what is stored, with an error for each field that is wrong."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from mawsim.core import cldr, languages
from mawsim.core.errors import InvalidInput, Message
from mawsim.listings.details.specs import Kind, Spec, specs_of

SOME_AT_MOST = 20
# Digits of any script. Separators are taken where they group thousands, so that 1.5 is never read as 15.
_NUMBER = re.compile(r"\d{1,18}|\d{1,3}(?:([,.\u066c\u00a0\u202f '_])\d{3})(?:\1\d{3}){0,5}")


class _Wrong(ValueError):
    """The message is for the user."""


def clean(pillar: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The stored form {name: number, code or list of codes}; empty fields are left out.

    Raises InvalidInput with keys "details.<name>"; unknown names are errors too.
    """
    specs = {spec.name: spec for spec in specs_of(pillar)}
    cleaned: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for name, value in raw.items():
        if _is_empty(value):
            continue
        if name not in specs:
            errors[f"details.{name}"] = _("This field does not belong to the chosen pillar.")
            continue
        try:
            cleaned[name] = _read(specs[name], value)
        except _Wrong as error:
            errors[f"details.{name}"] = str(error)
    errors |= {f"details.{name}": message for name, message in _between_fields(cleaned).items()}
    if errors:
        raise InvalidInput(errors)
    return {name: cleaned[name] for name in specs if name in cleaned}


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], ()) or (isinstance(value, str) and not value.strip())


def _read(spec: Spec, value: Any) -> Any:
    match spec.kind:
        case Kind.NUMBER:
            return _number(spec, value)
        case Kind.ONE:
            return _one(value, {code for code, _label in spec.choices})
        case Kind.COUNTRY:
            return _one(value, cldr.country_codes())
        case Kind.CURRENCY:
            return _currency(value)
        case Kind.SOME:
            return _some(value, [code for code, _label in spec.choices])
        case Kind.COUNTRIES:
            return _some(value, sorted(cldr.country_codes()))
        case Kind.LANGUAGES:
            return _some(value, languages.CODES)


def _number(spec: Spec, value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        raise _Wrong(_("Enter a whole number, in digits only."))
    number = int(re.sub(r"\D", "", text))
    if not spec.low <= number <= spec.high:
        message = _("Enter a number from %(low)s to %(high)s.")
        reader = languages.current().code
        raise _Wrong(
            message % {"low": cldr.quantity(spec.low, reader), "high": cldr.quantity(spec.high, reader)}
        )
    return number


def _one(value: Any, known: Collection[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise _Wrong(_("This choice is not in the list."))
    return value


def _some(value: Any, known: Collection[str]) -> list[str]:
    """The codes in the order of the list, each once."""
    if not isinstance(value, list | tuple):
        raise _Wrong(_("This choice is not in the list."))
    chosen = {_one(code, known) for code in value}
    if len(chosen) > SOME_AT_MOST:
        raise _Wrong(_("Choose at most %(number)s.") % {"number": SOME_AT_MOST})
    return [code for code in known if code in chosen]


def _currency(value: Any) -> str:
    code = value.strip().upper() if isinstance(value, str) else ""
    if not cldr.is_currency(code):
        raise _Wrong(_("Enter the three letters of a currency, for example USD."))
    return code


def _between_fields(cleaned: Mapping[str, Any]) -> dict[str, str]:
    errors = {}
    low, high = cleaned.get("ticket_min"), cleaned.get("ticket_max")
    if low is not None and high is not None and low > high:
        errors["ticket_max"] = _("The largest amount is smaller than the smallest.")
    if (low or high) and "currency" not in cleaned:
        errors["currency"] = _("Say in which currency the amounts are.")
    if "volume" in cleaned and "volume_unit" not in cleaned:
        errors["volume_unit"] = _("Say in which unit the volume is.")
    return errors
