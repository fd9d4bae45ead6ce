"""Suggestions: what others offer for a need and need of an offer, with the reasons and the sentences."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import QuerySet

from mawsim.accounts.models import Organisation, Role
from mawsim.accounts.rules import Reader, require
from mawsim.core import languages
from mawsim.listings import queries as listings
from mawsim.listings.models import Kind, Listing, Status
from mawsim.listings.queries import ListingCard
from mawsim.matches import engine, reader
from mawsim.matches.attributes import allowed
from mawsim.matches.evidence import EvidencePair, sentence_pairs
from mawsim.matches.models import Feedback, ListingVector, Verdict
from mawsim.matches.reasons import Reason, reasons_of

if TYPE_CHECKING:
    from mawsim.matches.engine import ListingFacts, OrganisationScore, PairScore

# Suggestions are also made for what is still being written: that is when they help most.
MATCHABLE = (Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED, Status.ON_HOLD)
OWN_LISTINGS = 20  # of one organisation, the newest
CANDIDATES = 100  # nearest listings looked at per own listing
PER_ORGANISATION = 2  # in one list of suggestions
FLOOR = 0.5  # a pair below this has more against it than for it


@dataclass(frozen=True)
class Suggestion:
    """Somebody else's listing, why it fits which one of ours, and what we have decided about it."""

    card: ListingCard
    score: float
    reasons: list[Reason]
    evidence: list[EvidencePair]
    own: ListingCard
    verdict: str = ""


@dataclass
class _Match:
    ours: Listing
    theirs: Listing
    score: float
    pair: "PairScore"
    extra: list[Reason] = field(default_factory=list)

    @property
    def need_and_offer(self) -> tuple[Listing, Listing]:
        return (self.ours, self.theirs) if self.ours.kind == Kind.NEED else (self.theirs, self.ours)


def suggestions_for_listing(
    *, user: Reader, listing: Listing, limit: int = 5, language: str = ""
) -> list[Suggestion]:
    """What fits one listing best, for members of its organisation."""
    require(user, listing.organisation, Role.VIEWER)
    found = _Candidates([listing], listing.organisation)
    matches = []
    for (need, offer), pair in found.pairs.items():
        theirs = found.listings[offer if need == listing.pk else need]
        matches.append(_Match(listing, theirs, pair.score, pair))
    return _suggestions(_best(matches, limit), found, language)


def suggestions_for_organisation(
    *, user: Reader, organisation: Organisation, limit: int = 20, language: str = ""
) -> list[Suggestion]:
    """What fits an organisation best, for its members: organisations that give and take come first."""
    require(user, organisation, Role.VIEWER)
    own = list(matchable(organisation).order_by("-updated_at", "-pk")[:OWN_LISTINGS])
    found = _Candidates(own, organisation)
    ours = [found.facts[listing.pk] for listing in own]
    partners: dict[int, list[ListingFacts]] = defaultdict(list)
    for other in found.listings.values():
        if other.organisation_id != organisation.pk:
            partners[other.organisation_id].append(found.facts[other.pk])
    # A weak pair is no second direction: only good ones make a partner mutual.
    similarities = {key: found.similarities[key] for key in found.pairs}
    matches = []
    for theirs in partners.values():
        fused = engine.organisation_score(ours, theirs, similarities, PER_ORGANISATION)
        if fused.reason is None:
            continue
        matches += _matches(fused, found, {listing.pk for listing in own})
    return _suggestions(_best(matches, limit), found, language)


def has_matchable_listings(organisation: Organisation) -> bool:
    return matchable(organisation).exists()


def matchable(organisation: Organisation) -> QuerySet[Listing]:
    """The organisation's listings for which suggestions are made."""
    return Listing.objects.filter(organisation=organisation, status__in=MATCHABLE).select_related(
        "organisation"
    )


class _Candidates:
    """Other people's public listings near to ours: `similarities` {(need, offer): cosine}, all `listings`
    by id (ours too), their `facts`, and the `pairs` {(need, offer): score} good enough to be suggested."""

    def __init__(self, own: Sequence[Listing], organisation: Organisation) -> None:
        self.organisation = organisation
        self.serving = reader.serving()
        self.listings = {listing.pk: listing for listing in own}
        near = self._near(own)
        theirs = _open_to(organisation).filter(pk__in={pk for hits in near.values() for pk, _score in hits})
        self.listings |= {listing.pk: listing for listing in theirs}
        self.similarities: dict[tuple[int, int], float] = {}
        for listing in own:
            for pk, score in near.get(listing.pk, ()):
                if pk in self.listings:
                    key = (listing.pk, pk) if listing.kind == Kind.NEED else (pk, listing.pk)
                    self.similarities[key] = score
        currencies = Counter(listing.details.get("currency") for listing in own)
        currency = next((code for code, _number in currencies.most_common() if code), "")
        self.facts = {pk: _facts(listing, currency) for pk, listing in self.listings.items()}
        scored = {
            (need, offer): engine.pair_score(self.facts[need], self.facts[offer], similarity)
            for (need, offer), similarity in self.similarities.items()
        }
        self.pairs = {key: pair for key, pair in scored.items() if pair.score >= FLOOR}

    def _near(self, own: Sequence[Listing]) -> dict[int, list[tuple[int, float]]]:
        """{own listing: [(listing of the opposite kind, cosine)]}; nothing where it has no vector yet."""
        if self.serving is None:
            return {}
        stored = ListingVector.objects.filter(model=self.serving.model.name, listing__in=self.listings)
        vectors = {
            pk: np.frombuffer(bytes(row), "<f4") for pk, row in stored.values_list("listing", "vector")
        }
        near: dict[int, list[tuple[int, float]]] = {}
        for kind, opposite in ((Kind.NEED, Kind.OFFER), (Kind.OFFER, Kind.NEED)):
            asked = [listing.pk for listing in own if listing.kind == kind and listing.pk in vectors]
            if asked:
                where, mine = allowed({"kind": [opposite]}), [self.organisation.pk]
                rows = [vectors[pk] for pk in asked]
                found = engine.nearest(self.serving.index, rows, CANDIDATES, where, mine)
                near |= {
                    pk: [(hit.id, hit.score) for hit in hits] for pk, hits in zip(asked, found, strict=True)
                }
        return near


def _open_to(organisation: Organisation) -> QuerySet[Listing]:
    """Public listings of others that take interest and that the organisation has not dismissed."""
    dismissed = Feedback.objects.filter(organisation=organisation, verdict=Verdict.DISMISSED)
    rows = listings.public().filter(open_for_interest=True).exclude(organisation=organisation)
    return rows.exclude(pk__in=dismissed.values("listing")).select_related("organisation")


def _facts(listing: Listing, currency: str) -> "ListingFacts":
    """Sums in another currency than ours are left out: there is no rate to compare them with."""
    details = listing.details if listing.details.get("currency") == currency else {}
    return engine.facts(
        {
            "id": listing.pk,
            "kind": listing.kind,
            "organisation": listing.organisation_id,
            "pillar": listing.pillar,
            "sectors": frozenset(listing.sectors),
            "technologies": frozenset(listing.technologies),
            "partnership_types": frozenset(listing.partnership_types),
            "country": listing.organisation.country,
            "target_countries": frozenset(listing.target_countries),
            "stage": listing.stage,
            "ticket_min": details.get("ticket_min"),
            "ticket_max": details.get("ticket_max"),
        }
    )


def _matches(fused: "OrganisationScore", found: _Candidates, own: Iterable[int]) -> list[_Match]:
    """The best pairs of two organisations, in both directions, ranked by what they are to each other."""
    extra = [Reason(str(fused.reason), {}, "match" if fused.reason == "MUTUAL" else "remark")]
    matches = []
    for pair in (*fused.a_gains, *fused.b_gains):
        ours, theirs = (pair.need, pair.offer) if pair.need in own else (pair.offer, pair.need)
        # The partner as a whole ranks; within it, the better pair comes first and shows its own score.
        matches.append(_Match(found.listings[ours], found.listings[theirs], fused.score, pair, extra))
    return matches


def _best(matches: Iterable[_Match], limit: int) -> list[_Match]:
    """The best of the matches: each listing once, at most two of one organisation."""
    seen: set[int] = set()
    per_organisation: Counter[int] = Counter()
    best = []
    ranked = sorted(
        matches, key=lambda match: (-match.score, -match.pair.score, match.theirs.pk, match.ours.pk)
    )
    for match in ranked:
        full = per_organisation[match.theirs.organisation_id] >= PER_ORGANISATION
        if full or match.theirs.pk in seen:
            continue
        seen.add(match.theirs.pk)
        per_organisation[match.theirs.organisation_id] += 1
        best.append(match)
    return best[:limit]


def _suggestions(matches: Sequence[_Match], found: _Candidates, language: str) -> list[Suggestion]:
    language = language or languages.current().code
    shown = {listing.pk: listing for match in matches for listing in (match.theirs, match.ours)}
    cards = {card.listing.pk: card for card in listings.cards(shown.values(), language)}
    evidence = _evidence(matches, found, language)
    decided: Mapping[int, str] = dict(
        Feedback.objects.filter(organisation=found.organisation, listing__in=shown).values_list(
            "listing", "verdict"
        )
    )
    suggestions = []
    for match, pairs in zip(matches, evidence, strict=True):
        need, offer = (found.facts[listing.pk] for listing in match.need_and_offer)
        suggestions.append(
            Suggestion(
                card=cards[match.theirs.pk],
                score=match.pair.score,
                reasons=_in_order(match.extra, reasons_of(match.pair, need, offer, language)),
                evidence=pairs,
                own=cards[match.ours.pk],
                verdict=decided.get(match.theirs.pk, ""),
            )
        )
    return suggestions


def _in_order(of_both: Sequence[Reason], of_pair: Sequence[Reason]) -> list[Reason]:
    """That both sides gain comes first. That only one does is no gap of the pair: a remark at the end."""
    return sorted((*of_both, *of_pair), key=lambda reason: reason.state == "remark")


def _evidence(matches: Sequence[_Match], found: _Candidates, language: str) -> list[list[EvidencePair]]:
    serving = found.serving
    encoder = serving and engine.query_encoder(serving.model.source, serving.model.name)
    return sentence_pairs(encoder or None, [(match.ours, match.theirs) for match in matches], language)
