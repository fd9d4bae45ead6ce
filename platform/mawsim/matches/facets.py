"""How many public listings each value of each facet has, under the other filters."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import CharField, Count, F, Func

from mawsim.listings import queries as listings
from mawsim.matches import attributes, engine, reader
from mawsim.matches.filters import FACETS, Facet, Filters

CACHED_SECONDS = 60
# The database counts so many listings in a few milliseconds, a million in seconds.
COUNTED_EXACTLY = 20_000
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Option:
    """One value of a facet, as the reader sees it."""

    code: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class FacetOptions:
    facet: Facet
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.chosen]


class _Unnest(Func):
    function = "unnest"
    arity = 1
    set_returning = True


def facet_options(filters: Filters, language: str) -> list[FacetOptions]:
    """Every facet with its values, the most frequent first. Counts are public knowledge: hidden listings
    never enter them, so they are shared by all readers for a minute."""
    counts = _cached(filters, lambda: {name: _counted(facet, filters) for name, facet in FACETS.items()})
    return [_options(facet, counts[name], filters, language) for name, facet in FACETS.items()]


def _options(facet: Facet, counts: dict[str, int], filters: Filters, language: str) -> FacetOptions:
    chosen = filters.chosen.get(facet.name, ())
    codes = sorted({*counts, *chosen}, key=lambda code: (-counts.get(code, 0), code))
    options = [
        Option(code, facet.label_of(code, language), counts.get(code, 0), code in chosen) for code in codes
    ]
    return FacetOptions(facet, options)


def _counted(facet: Facet, filters: Filters) -> dict[str, int]:
    """Exact counts of few listings; of many, as the index knows them, which may be a moment behind."""
    serving = reader.serving()
    if serving is not None and not filters.is_empty_range and len(serving.index) > COUNTED_EXACTLY:
        others = filters.only(facet.name, ()).coded()
        known = engine.counts(serving.index, facet.attribute, others)
        if known is not None:
            return attributes.decoded(facet.attribute, known)
    return _count(facet, filters)


def _count(facet: Facet, filters: Filters) -> dict[str, int]:
    value = _Unnest(F(facet.path), output_field=CharField()) if facet.is_set else F(facet.path)
    rows = listings.public().filter(filters.q(without=facet.name)).order_by().annotate(code=value)
    counted = rows.values("code").annotate(number=Count("pk")).values_list("code", "number")
    known = set(attributes.known(facet.attribute, [code for code, _ in counted]))
    return {code: number for code, number in counted if code in known}


def _cached(filters: Filters, compute: Callable[[], Counts]) -> Counts:
    """`compute`'s answer, remembered for a minute."""
    key = f"facets:{hashlib.sha256(json.dumps(filters.pairs()).encode()).hexdigest()}"
    found: Counts | None = cache.get(key)
    if found is None:
        found = compute()
        cache.set(key, found, CACHED_SECONDS)
    return found
