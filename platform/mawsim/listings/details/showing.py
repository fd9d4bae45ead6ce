"""The stored fields of a pillar as a reader sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from django.utils.translation import override

from mawsim.core import cldr
from mawsim.core.languages import BY_CODE
from mawsim.listings.details.specs import Kind, Spec, specs_of


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


def facts(pillar: str, details: Mapping[str, Any], language: str) -> list[Fact]:
    """Label and value of every field that is filled, in the reader's language.

    Codes that are no longer known are left out: old rows outlive a change of the lists.
    """
    with override(BY_CODE[language].django):
        shown = [
            Fact(str(spec.label), _value(spec, details, language))
            for spec in specs_of(pillar)
            if spec.name in details and not _belongs_to_another(spec, details)
        ]
    return [fact for fact in shown if fact.value]


def _belongs_to_another(spec: Spec, details: Mapping[str, Any]) -> bool:
    """A unit or currency is shown with its number, not by itself."""
    if spec.name == "volume_unit":
        return "volume" in details
    return spec.kind == Kind.CURRENCY and bool({"ticket_min", "ticket_max"} & details.keys())


def _value(spec: Spec, details: Mapping[str, Any], language: str) -> str:
    value = details[spec.name]
    match spec.kind:
        case Kind.NUMBER:
            return _number(spec, value, details, language)
        case Kind.ONE:
            return _labels(spec).get(value, "")
        case Kind.SOME:
            labels = _labels(spec)
            return _list([labels[code] for code in value if code in labels], language)
        case Kind.COUNTRY:
            return cldr.country_name(value, language)
        case Kind.COUNTRIES:
            return _list([cldr.country_name(code, language) for code in value], language)
        case Kind.LANGUAGES:
            known = [code for code in value if code in BY_CODE]
            return _list([cldr.language_name(code, language) for code in known], language)
        case Kind.CURRENCY:
            return str(value)


def _number(spec: Spec, value: int, details: Mapping[str, Any], language: str) -> str:
    if spec.amount_of and spec.amount_of in details:
        return cldr.money(value, details[spec.amount_of], language)
    number = cldr.quantity(value, language)
    if spec.name == "volume" and "volume_unit" in details:
        unit = next(other for other in specs_of("data") if other.name == "volume_unit")
        return f"{number} {_labels(unit).get(details['volume_unit'], '')}".strip()
    return number


def _labels(spec: Spec) -> dict[str, str]:
    return {code: str(label) for code, label in spec.choices}


def _list(names: list[str], language: str) -> str:
    return format_list(names, locale=cldr.locale_of(language)) if names else ""
