"""Suggestions: what others offer for a need and need of an offer, with the reasons and the sentences."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from django.utils import timezone

from mawsim.accounts.models import Organisation, Role
from mawsim.accounts.rules import Reader, require
from mawsim.core import languages
from mawsim.listings import queries as listings
from mawsim.listings.models import Listing
from mawsim.listings.queries import ListingCard
from mawsim.matches import engine
from mawsim.matches.candidates import Candidates
from mawsim.matches.evidence import EvidencePair, sentence_pairs
from mawsim.matches.judging import (
    Entry,
    ListingFacts,
    OrganisationScore,
    PairScore,
    arrange,
    fuse,
)
from mawsim.matches.models import Feedback, Load
from mawsim.matches.pairs import OWN_LISTINGS, matchable, ordered
from mawsim.matches.reader import Serving
from mawsim.matches.reasons import Reason, reasons_of

STRONGEST = 2  # reasons where there is little room
NEWCOMER = timedelta(days=60)  # so long an organisation is one


@dataclass(frozen=True)
class Suggestion:
    """Somebody else's listing, why it fits which one of ours, and what we have decided about it."""

    card: ListingCard
    score: float
    reasons: list[Reason]
    evidence: list[EvidencePair]
    own: ListingCard
    verdict: str = ""

    @property
    def strongest(self) -> list[Reason]:
        """The few reasons that speak for it most."""
        matches = [reason for reason in self.reasons if reason.state == "match"]
        return sorted(matches, key=lambda reason: -reason.strength)[:STRONGEST]


@dataclass(frozen=True)
class Match:
    """A listing of ours and one of theirs. `score` ranks: the pair's, or that of the two organisations."""

    ours: Listing
    theirs: Listing
    score: float
    pair: PairScore
    extra: list[Reason] = field(default_factory=list)


def suggestions_for_listing(
    *, user: Reader, listing: Listing, limit: int = 5, language: str = ""
) -> list[Suggestion]:
    """What fits one listing best, for members of its organisation."""
    require(user, listing.organisation, Role.VIEWER)
    found = Candidates([listing], listing.organisation)
    matches = []
    for (need, offer), pair in found.pairs.items():
        theirs = found.listings[offer if need == listing.pk else need]
        matches.append(Match(listing, theirs, pair.score, pair))
    return present(best(matches, limit), found, language)


def suggestions_for_organisation(
    *, user: Reader, organisation: Organisation, limit: int = 20, language: str = ""
) -> list[Suggestion]:
    """What fits an organisation best, for its members: organisations that give and take come first."""
    require(user, organisation, Role.VIEWER)
    own = list(matchable(organisation).order_by("-updated_at", "-pk")[:OWN_LISTINGS])
    found = Candidates(own, organisation)
    mine = {listing.pk for listing in own}
    # A weak pair is no second direction: only good ones, which are in `pairs`, make a partner mutual.
    partners: dict[int, tuple[list[PairScore], list[PairScore]]] = defaultdict(lambda: ([], []))
    for (need, offer), pair in found.pairs.items():
        we_need = need in mine
        partner = found.listings[offer if we_need else need].organisation_id
        partners[partner][0 if we_need else 1].append(pair)
    matches = []
    for our_needs, their_needs in partners.values():
        matches += _matches(fuse(our_needs, their_needs, OWN_LISTINGS), found, mine)
    return present(best(matches, limit), found, language)


def has_matchable_listings(organisation: Organisation) -> bool:
    return matchable(organisation).exists()


def _matches(fused: OrganisationScore, found: Candidates, own: Iterable[int]) -> list[Match]:
    """The best pairs of two organisations, in both directions, ranked by what they are to each other."""
    mutual = fused.reason == "MUTUAL"
    extra = [Reason(str(fused.reason), {}, "match" if mutual else "remark", float(mutual))]
    matches = []
    for pair in (*fused.a_gains, *fused.b_gains):
        ours, theirs = (pair.need, pair.offer) if pair.need in own else (pair.offer, pair.need)
        # The partner as a whole ranks; within it, the better pair comes first and shows its own score.
        matches.append(Match(found.listings[ours], found.listings[theirs], fused.score, pair, extra))
    return matches


def best(matches: Iterable[Match], limit: int) -> list[Match]:
    """The best of the matches, each of their listings once, in the fair order of `matching.fairness`."""
    by_listing: dict[int, Match] = {}
    for match in sorted(matches, key=lambda match: (-match.score, -match.pair.score, match.ours.pk)):
        by_listing.setdefault(match.theirs.pk, match)
    owners = {match.theirs.organisation_id for match in by_listing.values()}
    loads = dict(Load.objects.filter(organisation__in=owners).values_list("organisation", "open_interests"))
    since = timezone.now() - NEWCOMER
    entries = [
        Entry(
            key=pk,
            organisation=match.theirs.organisation_id,
            score=match.score,
            tie=match.pair.score,
            newcomer=match.theirs.organisation.created_at > since,
            load=loads.get(match.theirs.organisation_id, 0),
        )
        for pk, match in by_listing.items()
    ]
    return [by_listing[entry.key] for entry in arrange(entries, limit)]


class Judged(Protocol):
    """What was known when matches were judged; `facts` by listing."""

    organisation: Organisation
    serving: Serving | None
    facts: dict[int, ListingFacts]
    weights: dict[str, float]


def present(matches: Sequence[Match], found: Judged, language: str) -> list[Suggestion]:
    """The matches as the organisation's members read them; one that was hidden meanwhile is left out."""
    language = language or languages.current().code
    matches = _with_texts(matches)
    shown = {listing.pk: listing for match in matches for listing in (match.theirs, match.ours)}
    cards = {card.listing.pk: card for card in listings.cards(shown.values(), language)}
    evidence = _evidence(matches, found, language)
    decided: Mapping[int, str] = dict(
        Feedback.objects.filter(organisation=found.organisation, listing__in=shown).values_list(
            "listing", "verdict"
        )
    )
    suggestions = []
    for match, sentences in zip(matches, evidence, strict=True):
        need, offer = (found.facts[listing.pk] for listing in ordered(match.ours, match.theirs))
        reasons = reasons_of(match.pair, need, offer, language, found.weights)
        suggestions.append(
            Suggestion(
                card=cards[match.theirs.pk],
                score=match.pair.score,
                reasons=_in_order(match.extra, reasons),
                evidence=sentences,
                own=cards[match.ours.pk],
                verdict=decided.get(match.theirs.pk, ""),
            )
        )
    return suggestions


def _with_texts(matches: Sequence[Match]) -> list[Match]:
    """The matches with whole listings; read as public ones, so that nothing hidden meanwhile is shown."""
    rows = listings.public().filter(pk__in=[match.theirs.pk for match in matches])
    whole = rows.select_related("organisation").in_bulk()
    return [replace(match, theirs=whole[match.theirs.pk]) for match in matches if match.theirs.pk in whole]


def _in_order(of_both: Sequence[Reason], of_pair: Sequence[Reason]) -> list[Reason]:
    """That both sides gain comes first. That only one does is no gap of the pair: a remark at the end."""
    return sorted((*of_both, *of_pair), key=lambda reason: reason.state == "remark")


def _evidence(matches: Sequence[Match], found: Judged, language: str) -> list[list[EvidencePair]]:
    serving = found.serving
    encoder = serving and engine.query_encoder(serving.model.source, serving.model.name)
    return sentence_pairs(encoder or None, [(match.ours, match.theirs) for match in matches], language)
