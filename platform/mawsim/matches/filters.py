"""The facets of search: what can be chosen, how a choice reads in a URL, in SQL and in the index."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mawsim.core import cldr
from mawsim.listings.models import Kind
from mawsim.matches import attributes
from mawsim.taxonomy.vocabulary import Vocabulary, label

STAGES = range(1, 10)


def _of(vocabulary: Vocabulary) -> Callable[[str, str], str]:
    return lambda code, language: label(vocabulary, code, language)


@dataclass(frozen=True)
class Facet:
    """One thing to filter by. `name` is the URL parameter; several codes of one facet mean "any of them"."""

    name: str
    title: Promise
    attribute: str  # in matches.attributes
    path: str  # from a listing
    label_of: Callable[[str, str], str]  # (code, language)

    @property
    def is_set(self) -> bool:
        """Whether a listing may have several values."""
        return self.attribute in attributes.SETS


_TYPES = "partnership_types"
FACETS: dict[str, Facet] = {
    facet.name: facet
    for facet in (
        Facet("kind", _("Kind"), "kind", "kind", lambda code, _language: str(Kind(code).label)),
        Facet("pillar", _("Pillar"), "pillar", "pillar", _of(Vocabulary.PILLAR)),
        Facet("sector", _("Sector"), "sectors", "sectors", _of(Vocabulary.SECTOR)),
        Facet("technology", _("Technology"), "technologies", "technologies", _of(Vocabulary.TECHNOLOGY)),
        Facet("partnership", _("Kind of partnership"), _TYPES, _TYPES, _of(Vocabulary.PARTNERSHIP)),
        Facet("country", _("Country"), "country", "organisation__country", cldr.country_name),
        Facet("target", _("Target country"), "target_countries", "target_countries", cldr.country_name),
        Facet("language", _("Written in"), "language", "source_language", cldr.language_name),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """A choice of codes per facet and a range of stages (TRL). Codes are known ones, in their order."""

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stage_min: int | None = None
    stage_max: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "tuple[Filters, list[str]]":
        """Filters from {facet: codes, "stage_min": number...}, and the values that no vocabulary knows."""
        chosen, unknown = {}, []
        for name, facet in FACETS.items():
            values = [str(value) for value in raw.get(name) or ()]
            known = attributes.known(facet.attribute, values)
            unknown += [value for value in values if value and value not in known]
            if known:
                chosen[name] = tuple(known)
        bounds = []
        for name in ("stage_min", "stage_max"):
            value = _stage(raw.get(name))
            if value is None and raw.get(name):
                unknown.append(str(raw[name]))
            bounds.append(value)
        return cls(chosen, *bounds), unknown

    def __bool__(self) -> bool:
        return bool(self.chosen or self.stages)

    @property
    def stages(self) -> list[int]:
        """The stages that pass; empty when all do."""
        if self.stage_min is None and self.stage_max is None:
            return []
        return [stage for stage in STAGES if (self.stage_min or 1) <= stage <= (self.stage_max or 9)]

    @property
    def is_empty_range(self) -> bool:
        return bool(self.stage_min and self.stage_max and self.stage_min > self.stage_max)

    def q(self, without: str = "") -> Q:
        """The filters as a condition on listings, leaving out one facet (for the counts of its values)."""
        condition = Q(stage__in=self.stages) if self.stages or self.is_empty_range else Q()
        for name, codes in self.chosen.items():
            if name != without:
                facet = FACETS[name]
                lookup = f"{facet.path}__overlap" if facet.is_set else f"{facet.path}__in"
                condition &= Q(**{lookup: list(codes)})
        return condition

    def coded(self) -> dict[str, list[int]]:
        """The filters for the index."""
        by_attribute = {FACETS[name].attribute: codes for name, codes in self.chosen.items()}
        return attributes.allowed(by_attribute, self.stages)

    def only(self, facet: str, codes: Iterable[str]) -> "Filters":
        """These filters with other codes for one facet."""
        chosen = {name: values for name, values in self.chosen.items() if name != facet}
        codes = tuple(codes)
        return replace(self, chosen=chosen | ({facet: codes} if codes else {}))

    def pairs(self) -> list[tuple[str, str]]:
        """(parameter, value) pairs for a URL, in a stable order."""
        pairs = [(name, code) for name in FACETS for code in self.chosen.get(name, ())]
        stages = (("stage_min", self.stage_min), ("stage_max", self.stage_max))
        return pairs + [(name, str(value)) for name, value in stages if value]

    def as_dict(self) -> dict[str, Any]:
        """Plain values to store; `parse` reads them back."""
        stored: dict[str, Any] = {name: list(codes) for name, codes in self.chosen.items()}
        stages = {"stage_min": self.stage_min, "stage_max": self.stage_max}
        return stored | {name: value for name, value in stages.items() if value}


def address(query: str, filters: Filters, page: int = 1) -> str:
    """The query string of a search, with its question mark; the first page and an empty query stay unsaid."""
    pairs = [("q", query)] if query.strip() else []
    pairs += filters.pairs() + ([("page", str(page))] if page > 1 else [])
    return f"?{urlencode(pairs)}"


def _stage(value: Any) -> int | None:
    """A stage from what came in; None where it is none."""
    text = str(value or "")
    return int(text) if len(text) == 1 and text in "123456789" else None
