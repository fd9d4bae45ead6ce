"""Named reads of matches. The larger ones live in modules of their own and are named here."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mawsim.accounts.models import Organisation, User
from mawsim.core import cldr
from mawsim.core.errors import NotVisible
from mawsim.listings import queries as listings
from mawsim.listings.models import Listing
from mawsim.listings.queries import ListingCard, cards
from mawsim.matches import engine, judging, reader, weighing
from mawsim.matches.consortium import ConsortiumPlan, build_consortium
from mawsim.matches.filters import FACETS, Filters
from mawsim.matches.models import (
    ExposureReport,
    SavedSearch,
    SearchDocument,
    SuggestionList,
    SuggestionPass,
    Verdict,
    Weights,
)
from mawsim.matches.reasons import FACTORS
from mawsim.matches.search import MAX_PAGES, PAGE, Result, SearchPage, search
from mawsim.matches.suggest import (
    Suggestion,
    has_matchable_listings,
    suggestions_for_listing,
    suggestions_for_organisation,
)

__all__ = [
    "MAX_PAGES",
    "PAGE",
    "ConsortiumPlan",
    "IndexHealth",
    "Result",
    "SearchPage",
    "Suggestion",
    "build_consortium",
    "decided",
    "get_saved_search",
    "has_matchable_listings",
    "index_health",
    "is_degraded",
    "saved_searches",
    "search",
    "shortlist",
    "suggestions_for_listing",
    "suggestions_for_organisation",
]


def shortlist(organisation: Organisation) -> QuerySet[Listing]:
    """Public listings that the organisation has shortlisted, the latest decision first."""
    return _decided(organisation, Verdict.SHORTLISTED)


def _decided(organisation: Organisation, verdict: Verdict) -> QuerySet[Listing]:
    mine = {"feedback__organisation": organisation, "feedback__verdict": verdict}
    return listings.public().filter(**mine).order_by("-feedback__updated_at", "pk")


def decided(
    organisation: Organisation, verdict: Verdict, language: str, limit: int = 100
) -> list[ListingCard]:
    """The listings with this verdict as cards. Those that are not public any more are left out."""
    return cards(_decided(organisation, verdict).select_related("organisation")[:limit], language)


def get_saved_search(user: User, public_id: str) -> SavedSearch:
    """The gate: a user's own ones only, all others raise `NotVisible`."""
    saved = SavedSearch.objects.filter(user=user, public_id=public_id).first()
    if saved is None:
        raise NotVisible
    return saved


def saved_searches(user: User, language: str) -> list[tuple[SavedSearch, Filters, list[str]]]:
    """The user's kept searches, newest first, each with its filters and their labels for the reader."""
    return [
        (saved, filters, _labels(filters, language))
        for saved in SavedSearch.objects.filter(user=user).order_by("-created_at", "-pk")
        for filters in [Filters.parse(saved.filters)[0]]
    ]


def _labels(filters: Filters, language: str) -> list[str]:
    labels = [
        FACETS[name].label_of(code, language) for name, codes in filters.chosen.items() for code in codes
    ]
    if stages := filters.stages:
        first, last = (cldr.quantity(stage, language) for stage in (stages[0], stages[-1]))
        labels.append(_("TRL %(first)s to %(last)s") % {"first": first, "last": last})
    return labels


def latest_exposure() -> ExposureReport | None:
    """Who was shown how often, as measured last (`matches.exposure`)."""
    return ExposureReport.objects.first()


@dataclass(frozen=True)
class SuggestionState:
    """How fresh suggestions are, for operators."""

    lists: int
    pending: int
    latest: SuggestionPass | None


def suggestion_state() -> SuggestionState:
    rows = SuggestionList.objects.all()
    return SuggestionState(rows.count(), rows.filter(pending=True).count(), SuggestionPass.objects.first())


@dataclass(frozen=True)
class SetsOfWeights:
    """Every set that was ever used, newest first; `active` None: the base weights."""

    all: list[Weights]
    active: Weights | None


def sets_of_weights() -> SetsOfWeights:
    rows = list(Weights.objects.all()[:50])
    return SetsOfWeights(rows, next((one for one in rows if one.active), None))


@dataclass(frozen=True)
class WeightsInWords:
    """The weights that count, factor by factor, with the counts they follow from, and the bounds."""

    rows: list[dict[str, Any]]
    least: int  # decisions
    most: float  # share of a weight


def weights_in_words() -> WeightsInWords:
    active = Weights.objects.filter(active=True).first()
    tallies = active.tallies if active else {}
    now = weighing.active()
    rows = [
        {"label": FACTORS[name], "base": weight, "now": now[name], "tally": tallies.get(name)}
        for name, weight in judging.WEIGHTS.items()
    ]
    return WeightsInWords(rows, judging.LEAST_DECISIONS, judging.MOST)


@dataclass(frozen=True)
class IndexHealth:
    """How the index is, for operators."""

    model: str  # the one that is served; empty: none yet
    wanted: str  # EMBEDDING_MODEL, or "bundled"
    pending: int  # listings that wait to be indexed
    failed: int  # of these: could not be indexed the last time
    last_error: str
    snapshot_count: int
    snapshot_created: str  # ISO 8601 in UTC; empty: there is no snapshot
    snapshot_fault: str  # why the newest snapshot is not in use
    delta_count: int  # changes since the snapshot, compared one by one
    degraded: bool  # search compares words only, or not all listings yet


def index_health() -> IndexHealth:
    serving = reader.serving()
    failures = SearchDocument.objects.exclude(error="")
    last = failures.order_by("-updated_at").values_list("error", flat=True).first()
    state = engine.index_state(serving.index) if serving else engine.IndexState(0, 0, "")
    return IndexHealth(
        model=serving.model.name if serving else "",
        wanted=settings.EMBEDDING_MODEL or "bundled",
        pending=Listing.objects.filter(index_pending=True).count(),
        failed=failures.count(),
        last_error=last or "",
        snapshot_count=state.stored,
        snapshot_created=(engine.snapshot_created(reader.directory(serving.model)) or "") if serving else "",
        snapshot_fault=state.fault or (serving.model.build_fault if serving else ""),
        delta_count=state.delta,
        degraded=is_degraded(),
    )


def is_degraded() -> bool:
    """Whether the meaning of texts cannot be compared at the moment, or not with all listings yet."""
    serving = reader.serving()
    if serving is None:
        return listings.public().exists()
    return serving.partial or engine.query_encoder(serving.model.source, serving.model.name) is None
