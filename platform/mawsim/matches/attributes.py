"""What a listing can be filtered by: stored as codes that people can read, given to the index as integers.

Integers follow the order of the vocabularies, so a new sector shifts those behind it. `version` names the
order; a snapshot that was coded by another one is rejected and built anew from the stored codes.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from mawsim.core import cldr, languages
from mawsim.listings.models import Kind, Listing
from mawsim.taxonomy.vocabulary import Vocabulary, codes

Coded = dict[str, int | list[int]]

SCALARS = ("kind", "pillar", "language", "country")
SETS = ("sectors", "technologies", "partnership_types", "target_countries")
_STAGES = range(1, 10)


def of_listing(listing: Listing) -> dict[str, Any]:
    """The attributes to store for a listing; its organisation must be loaded."""
    return {
        "kind": listing.kind,
        "pillar": listing.pillar,
        "stage": listing.stage or 0,
        "language": listing.source_language,
        "country": listing.organisation.country,
        "organisation": listing.organisation_id,
        **{name: sorted(getattr(listing, name)) for name in SETS},
    }


@cache
def _tables() -> dict[str, dict[str, int]]:
    countries = sorted(cldr.country_codes())
    vocabularies: dict[str, Iterable[str]] = {
        "kind": Kind.values,
        "pillar": codes(Vocabulary.PILLAR),
        "language": languages.CODES,
        "country": countries,
        "sectors": codes(Vocabulary.SECTOR),
        "technologies": codes(Vocabulary.TECHNOLOGY),
        "partnership_types": codes(Vocabulary.PARTNERSHIP),
        "target_countries": countries,
    }
    # 0 means "not stated" where one value is held; a set has no such case.
    return {
        name: {code: number for number, code in enumerate(values, name not in SETS)}
        for name, values in vocabularies.items()
    }


@cache
def version() -> str:
    """Changes whenever a code's integer does."""
    return hashlib.sha256(repr(sorted(_tables().items())).encode()).hexdigest()[:12]


def known(name: str, values: Collection[str]) -> list[str]:
    """Those of `values` that the attribute's vocabulary holds, in its order."""
    return [code for code in _tables()[name] if code in set(values)]


def coded(stored: Mapping[str, Any]) -> Coded:
    """Integers for stored attributes. Codes that the vocabularies have dropped since are left out."""
    tables = _tables()
    result: Coded = {name: tables[name].get(stored.get(name, ""), 0) for name in SCALARS}
    for name in SETS:
        result[name] = [tables[name][code] for code in stored.get(name, ()) if code in tables[name]]
    return result | {"stage": stored.get("stage") or 0, "organisation": stored.get("organisation") or 0}


def decoded(name: str, counts: Mapping[int, int]) -> dict[str, int]:
    """{code: count} for {integer: count}; what is not stated is left out."""
    codes = {number: code for code, number in _tables()[name].items()}
    return {codes[number]: count for number, count in counts.items() if number in codes}


def allowed(filters: Mapping[str, Collection[str]], stages: Collection[int] = ()) -> dict[str, list[int]]:
    """Integers that pass the filters {attribute: codes}; attributes without a choice are left out."""
    tables = _tables()
    chosen = {name: [tables[name][code] for code in values] for name, values in filters.items() if values}
    return chosen | ({"stage": [stage for stage in stages if stage in _STAGES]} if stages else {})
