"""How well a need and an offer complement each other, factor by factor, and two organisations both ways.

Pure functions over plain facts. A factor is MATCH, GAP or UNKNOWN; the score is the weighted mean of what
is known, so an UNKNOWN one neither helps nor hurts. Results carry reason codes, which the caller puts into
the reader's words. The language is deliberately no factor: listings are read in translation, and counting
it would rank languages, not listings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matching.errors import InvalidPair
from matching.weights import ONE_SIDED_SHARE, RATE_SLACK, TEXT_SAME, TEXT_UNRELATED, WEIGHTS, Weights


class Verdict(StrEnum):
    """What is known of one criterion."""

    MATCH = "match"
    GAP = "gap"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Reason codes: what was compared, and how it came out."""

    TEXT_SIMILAR = "TEXT_SIMILAR"
    TEXT_DISTANT = "TEXT_DISTANT"
    TEXT_UNKNOWN = "TEXT_UNKNOWN"
    PILLAR_SAME = "PILLAR_SAME"
    PILLAR_DIFFERENT = "PILLAR_DIFFERENT"
    PILLAR_UNKNOWN = "PILLAR_UNKNOWN"
    SECTOR_SHARED = "SECTOR_SHARED"
    SECTOR_DIFFERENT = "SECTOR_DIFFERENT"
    SECTOR_UNKNOWN = "SECTOR_UNKNOWN"
    TECHNOLOGY_SHARED = "TECHNOLOGY_SHARED"
    TECHNOLOGY_DIFFERENT = "TECHNOLOGY_DIFFERENT"
    TECHNOLOGY_UNKNOWN = "TECHNOLOGY_UNKNOWN"
    PARTNERSHIP_SHARED = "PARTNERSHIP_SHARED"
    PARTNERSHIP_DIFFERENT = "PARTNERSHIP_DIFFERENT"
    PARTNERSHIP_UNKNOWN = "PARTNERSHIP_UNKNOWN"
    MARKET_WANTED = "MARKET_WANTED"
    MARKET_NOT_TARGETED = "MARKET_NOT_TARGETED"
    MARKET_UNKNOWN = "MARKET_UNKNOWN"
    ORIGIN_WANTED = "ORIGIN_WANTED"
    ORIGIN_NOT_TARGETED = "ORIGIN_NOT_TARGETED"
    ORIGIN_UNKNOWN = "ORIGIN_UNKNOWN"
    STAGE_READY = "STAGE_READY"
    STAGE_EARLY = "STAGE_EARLY"
    STAGE_UNKNOWN = "STAGE_UNKNOWN"
    TICKET_FITS = "TICKET_FITS"
    TICKET_TOO_SMALL = "TICKET_TOO_SMALL"
    TICKET_TOO_LARGE = "TICKET_TOO_LARGE"
    TICKET_UNKNOWN = "TICKET_UNKNOWN"
    ONE_SIDED = "ONE_SIDED"
    MUTUAL = "MUTUAL"


NEED, OFFER = "need", "offer"


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """What is compared of one listing, in the caller's codes; None or empty where it is not stated.

    `country` is the organisation's own. `further_pillars` are those that a need seeks beside its `pillar`.
    `stage` is a TRL, of a need the least that will do. Tickets are amounts, of a need what it seeks, of an
    offer what it gives, in `unit`, to which the caller has converted what was stated in `currency`; in two
    units they are not compared.
    """

    id: int
    kind: str
    organisation: int
    pillar: str | None = None
    further_pillars: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    partnership_types: frozenset[str] = frozenset()
    country: str | None = None
    target_countries: frozenset[str] = frozenset()
    stage: int | None = None
    ticket_min: float | None = None
    ticket_max: float | None = None
    currency: str | None = None
    unit: str | None = None

    @property
    def pillars(self) -> frozenset[str]:
        return self.further_pillars | ({self.pillar} if self.pillar else frozenset())


@dataclass(frozen=True, slots=True)
class Factor:
    """One criterion's outcome: `value` in [0, 1] counts unless UNKNOWN, `shared` holds common codes."""

    name: str
    verdict: Verdict
    reason: Reason
    value: float = 0.0
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PairScore:
    """How well an offer answers a need: `score` in [0, 1] and every factor in the order of `WEIGHTS`."""

    need: int
    offer: int
    score: float
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class OrganisationScore:
    """How well two organisations complement each other.

    `a_gains` are A's needs with B's offers, best first, `b_gains` the reverse. `reason` is MUTUAL, ONE_SIDED,
    or None when neither has anything for the other.
    """

    score: float
    reason: Reason | None
    a_gains: tuple[PairScore, ...] = field(default=())
    b_gains: tuple[PairScore, ...] = field(default=())


def pair_score(
    need: ListingFacts, offer: ListingFacts, similarity: float | None, weights: Weights = WEIGHTS
) -> PairScore:
    """Return how well `offer` answers `need`, given the cosine of their texts (None: not known).

    Raises `InvalidPair` unless they are a need and an offer of two organisations.
    """
    if (need.kind, offer.kind) != (NEED, OFFER):
        raise InvalidPair(f"expected a need and an offer, got {need.kind} and {offer.kind}")
    if need.organisation == offer.organisation:
        raise InvalidPair(f"listings {need.id} and {offer.id} are of one organisation")
    factors = (_text(similarity), *(compare(need, offer) for compare in _COMPARISONS))
    known = [factor for factor in factors if factor.verdict is not Verdict.UNKNOWN]
    weight = sum(weights[factor.name] for factor in known)
    total = sum(weights[factor.name] * factor.value for factor in known)
    return PairScore(need.id, offer.id, total / weight if weight else 0.0, factors)


def organisation_score(
    a_listings: Iterable[ListingFacts],
    b_listings: Iterable[ListingFacts],
    similarities: Mapping[tuple[int, int], float],
    limit: int = 3,
    weights: Weights = WEIGHTS,
) -> OrganisationScore:
    """Fuse A's needs against B's offers with B's needs against A's offers; keep the `limit` best pairs each.

    `similarities` maps (need id, offer id) to a cosine; pairs that it lacks are not considered. A direction
    is worth its best pair. The two are fused by their harmonic mean, which a weak one drags down, but not
    below what the better one is worth alone: nobody gains by hiding a need.
    """
    a, b = list(a_listings), list(b_listings)
    return fuse(_pairs(a, b, similarities, weights), _pairs(b, a, similarities, weights), limit)


def fuse(a_pairs: Iterable[PairScore], b_pairs: Iterable[PairScore], limit: int = 3) -> OrganisationScore:
    """As `organisation_score`, from pairs that are scored already: A's needs, then B's needs."""
    a_gains, b_gains = _best_first(a_pairs), _best_first(b_pairs)
    x = a_gains[0].score if a_gains else 0.0
    y = b_gains[0].score if b_gains else 0.0
    mutual = 2 * x * y / (x + y) if x + y else 0.0
    alone = ONE_SIDED_SHARE * max(x, y)
    reason = (Reason.MUTUAL if mutual >= alone else Reason.ONE_SIDED) if x or y else None
    return OrganisationScore(max(mutual, alone), reason, tuple(a_gains[:limit]), tuple(b_gains[:limit]))


def _best_first(pairs: Iterable[PairScore]) -> list[PairScore]:
    return sorted(pairs, key=lambda pair: (-pair.score, pair.need, pair.offer))


def _pairs(
    seekers: list[ListingFacts],
    givers: list[ListingFacts],
    similarities: Mapping[tuple[int, int], float],
    weights: Weights,
) -> list[PairScore]:
    needs = [listing for listing in seekers if listing.kind == NEED]
    offers = [listing for listing in givers if listing.kind == OFFER]
    return [
        pair_score(need, offer, similarities[need.id, offer.id], weights)
        for need in needs
        for offer in offers
        if (need.id, offer.id) in similarities
    ]


def _text(similarity: float | None) -> Factor:
    if similarity is None:
        return Factor("text", Verdict.UNKNOWN, Reason.TEXT_UNKNOWN)
    value = min(1.0, max(0.0, (similarity - TEXT_UNRELATED) / (TEXT_SAME - TEXT_UNRELATED)))
    if value >= 0.5:
        return Factor("text", Verdict.MATCH, Reason.TEXT_SIMILAR, value)
    return Factor("text", Verdict.GAP, Reason.TEXT_DISTANT, value)


def _pillar(need: ListingFacts, offer: ListingFacts) -> Factor:
    """Is it one of what the need seeks? One of several is enough: a consortium brings the rest."""
    if not need.pillars or offer.pillar is None:
        return Factor("pillar", Verdict.UNKNOWN, Reason.PILLAR_UNKNOWN)
    if offer.pillar in need.pillars:
        return Factor("pillar", Verdict.MATCH, Reason.PILLAR_SAME, 1.0, (offer.pillar,))
    return Factor("pillar", Verdict.GAP, Reason.PILLAR_DIFFERENT)


def _overlap(
    name: str, wanted: frozenset[str], given: frozenset[str], reasons: tuple[Reason, Reason, Reason]
) -> Factor:
    """One shared code is half the value, all wanted ones the whole; reasons for MATCH, GAP, UNKNOWN."""
    match, gap, unknown = reasons
    if not wanted or not given:
        return Factor(name, Verdict.UNKNOWN, unknown)
    shared = tuple(sorted(wanted & given))
    if not shared:
        return Factor(name, Verdict.GAP, gap)
    return Factor(name, Verdict.MATCH, match, 0.5 + 0.5 * len(shared) / len(wanted), shared)


def _sector(need: ListingFacts, offer: ListingFacts) -> Factor:
    reasons = (Reason.SECTOR_SHARED, Reason.SECTOR_DIFFERENT, Reason.SECTOR_UNKNOWN)
    return _overlap("sector", need.sectors, offer.sectors, reasons)


def _technology(need: ListingFacts, offer: ListingFacts) -> Factor:
    reasons = (Reason.TECHNOLOGY_SHARED, Reason.TECHNOLOGY_DIFFERENT, Reason.TECHNOLOGY_UNKNOWN)
    return _overlap("technology", need.technologies, offer.technologies, reasons)


def _partnership(need: ListingFacts, offer: ListingFacts) -> Factor:
    reasons = (Reason.PARTNERSHIP_SHARED, Reason.PARTNERSHIP_DIFFERENT, Reason.PARTNERSHIP_UNKNOWN)
    return _overlap("partnership", need.partnership_types, offer.partnership_types, reasons)


def _country(
    name: str, country: str | None, wanted: frozenset[str], reasons: tuple[Reason, Reason, Reason]
) -> Factor:
    match, gap, unknown = reasons
    if country is None or not wanted:
        return Factor(name, Verdict.UNKNOWN, unknown)
    if country in wanted:
        return Factor(name, Verdict.MATCH, match, 1.0, (country,))
    return Factor(name, Verdict.GAP, gap)


def _market(need: ListingFacts, offer: ListingFacts) -> Factor:
    """Does the offer aim at the country that the need comes from?"""
    reasons = (Reason.MARKET_WANTED, Reason.MARKET_NOT_TARGETED, Reason.MARKET_UNKNOWN)
    return _country("market", need.country, offer.target_countries, reasons)


def _origin(need: ListingFacts, offer: ListingFacts) -> Factor:
    """Does the need look for partners in the country that the offer comes from?"""
    reasons = (Reason.ORIGIN_WANTED, Reason.ORIGIN_NOT_TARGETED, Reason.ORIGIN_UNKNOWN)
    return _country("origin", offer.country, need.target_countries, reasons)


def _stage(need: ListingFacts, offer: ListingFacts) -> Factor:
    if need.stage is None or offer.stage is None:
        return Factor("stage", Verdict.UNKNOWN, Reason.STAGE_UNKNOWN)
    if offer.stage >= need.stage:
        return Factor("stage", Verdict.MATCH, Reason.STAGE_READY, 1.0)
    return Factor("stage", Verdict.GAP, Reason.STAGE_EARLY)


def _ticket(need: ListingFacts, offer: ListingFacts) -> Factor:
    """Do the two ranges meet? A missing end is open; a range without ends is not stated.

    Sums that were stated in two currencies may miss each other a little.
    """
    need_min, need_max, need_stated = _range(need)
    offer_min, offer_max, offer_stated = _range(offer)
    if not (need_stated and offer_stated) or need.unit != offer.unit:
        return Factor("ticket", Verdict.UNKNOWN, Reason.TICKET_UNKNOWN)
    slack = 1 + RATE_SLACK * (need.currency != offer.currency)
    if offer_max * slack < need_min:
        return Factor("ticket", Verdict.GAP, Reason.TICKET_TOO_SMALL)
    if offer_min > need_max * slack:
        return Factor("ticket", Verdict.GAP, Reason.TICKET_TOO_LARGE)
    return Factor("ticket", Verdict.MATCH, Reason.TICKET_FITS, 1.0)


def _range(listing: ListingFacts) -> tuple[float, float, bool]:
    low, high = listing.ticket_min, listing.ticket_max
    stated = low is not None or high is not None
    return (0.0 if low is None else low), (float("inf") if high is None else high), stated


_COMPARISONS: tuple[Callable[[ListingFacts, ListingFacts], Factor], ...] = (
    _pillar,
    _sector,
    _technology,
    _partnership,
    _market,
    _origin,
    _stage,
    _ticket,
)
