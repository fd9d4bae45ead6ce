"""Two listings compared: what is known of them, the cosine of their stored vectors, and the score."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import QuerySet

from mawsim.accounts.models import Organisation, TradeFlag
from mawsim.listings import queries as listings
from mawsim.listings.models import Kind, Listing, Status
from mawsim.matches import attributes, engine, reader, weighing
from mawsim.matches.judging import ListingFacts, PairScore, pair_score
from mawsim.matches.models import ListingVector
from mawsim.matches.rates import in_dollars, rate_of

if TYPE_CHECKING:
    from mawsim.matches.engine import Vector

# Suggestions are also made for what is still being written: that is when they help most.
MATCHABLE = (Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED, Status.ON_HOLD)
OWN_LISTINGS = 20  # of one organisation, the newest
FLOOR = 0.5  # a pair below this has more against it than for it
OPPOSITE = {Kind.NEED: Kind.OFFER, Kind.OFFER: Kind.NEED}
# What `facts_of` and the order of a list need of a listing and its organisation.
FACT_FIELDS = [
    "kind",
    "pillar",
    "further_pillars",
    "sectors",
    "technologies",
    "partnership_types",
    "target_countries",
    "stage",
    "details",
    "organisation__country",
    "organisation__created_at",
]
_DOLLAR = "USD"


def matchable(organisation: Organisation) -> QuerySet[Listing]:
    """The organisation's listings for which suggestions are made."""
    own = Listing.objects.filter(organisation=organisation, status__in=MATCHABLE)
    return own.select_related("organisation")


def open_listings() -> QuerySet[Listing]:
    """What may be suggested to anybody: public, open for interest, of nobody under sanctions."""
    rows = listings.public().filter(open_for_interest=True)
    return rows.exclude(organisation__flag=TradeFlag.SANCTIONED)


def facts_of(listing: Listing) -> ListingFacts:
    """What is compared of a listing; its organisation must be loaded."""
    details = listing.details
    currency = details.get("currency") or ""
    rate = rate_of(currency)
    low, high = (details.get(name) for name in ("ticket_min", "ticket_max"))
    return ListingFacts(
        id=listing.pk,
        kind=listing.kind,
        organisation=listing.organisation_id,
        pillar=listing.pillar,
        further_pillars=frozenset(listing.further_pillars),
        sectors=frozenset(listing.sectors),
        technologies=frozenset(listing.technologies),
        partnership_types=frozenset(listing.partnership_types),
        country=listing.organisation.country,
        target_countries=frozenset(listing.target_countries),
        stage=listing.stage,
        ticket_min=in_dollars(low, rate) if rate else low,
        ticket_max=in_dollars(high, rate) if rate else high,
        currency=currency,
        # Sums in a currency without a rate compare with those in the same currency only.
        unit=_DOLLAR if rate else currency,
    )


def vectors_of(model: str, ids: Collection[int]) -> "dict[int, Vector]":
    """The stored unit vectors of listings, also of those that are not public."""
    stored = ListingVector.objects.filter(model=model, listing__in=ids).values_list("listing", "vector")
    return {pk: np.frombuffer(bytes(row), "<f4") for pk, row in stored}


def ordered(one: Listing, other: Listing) -> tuple[Listing, Listing]:
    """The two as (need, offer)."""
    return (one, other) if one.kind == Kind.NEED else (other, one)


def verdicts_between(seeker: Organisation, listing: Listing) -> dict[str, str]:
    """{factor: match, gap or unknown} of `listing` and what fits it best of the seeker's own listings.

    Empty where the seeker has nothing of the other kind.
    """
    rows = matchable(seeker).filter(kind=OPPOSITE[Kind(listing.kind)])
    own = list(rows.order_by("-updated_at", "-pk")[:OWN_LISTINGS])
    if not own or listing.organisation_id == seeker.pk:
        return {}
    serving = reader.serving()
    vectors = vectors_of(serving.model.name, [listing.pk, *(one.pk for one in own)]) if serving else {}
    theirs = facts_of(listing)
    best = max(
        (scored(facts_of(one), theirs, vectors, weighing.active()) for one in own),
        key=lambda pair: (pair.score, -pair.need, -pair.offer),
    )
    return {factor.name: str(factor.verdict) for factor in best.factors}


def scored(
    one: ListingFacts,
    other: ListingFacts,
    vectors: "Mapping[int, Vector]",
    weights: Mapping[str, float],
) -> PairScore:
    """The score of a need and an offer, in either order."""
    need, offer = (one, other) if one.kind == Kind.NEED else (other, one)
    return pair_score(need, offer, cosine(vectors, need.id, offer.id), weights)


def cosine(vectors: "Mapping[int, Vector]", one: int, other: int) -> float | None:
    if one not in vectors or other not in vectors:
        return None
    return float(vectors[one] @ vectors[other])


def nearest(
    serving: reader.Serving,
    vectors: "Mapping[int, Vector]",
    asked: Sequence[tuple[int, str]],
    count: int,
    excluded: Iterable[int] = (),
) -> dict[int, list[int]]:
    """{listing: the nearest of the opposite kind, best first} for (listing, kind) pairs with a vector."""
    found: dict[int, list[int]] = {}
    for kind, opposite in OPPOSITE.items():
        ids = [pk for pk, of in asked if of == kind and pk in vectors]
        if ids:
            where = attributes.allowed({"kind": [opposite]})
            rows = engine.nearest(serving.index, [vectors[pk] for pk in ids], count, where, list(excluded))
            found |= {pk: [hit.id for hit in hits] for pk, hits in zip(ids, rows, strict=True)}
    return found
