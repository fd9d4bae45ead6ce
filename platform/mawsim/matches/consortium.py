"""Who could meet a need of several pillars together: published listings that the reader may see, and why.

Left out are organisations that are flagged by trade control (which is told to nobody), those of the same
owner as the need's, and those with whom an interest was declined within a year. Two of one owner are never
in a consortium together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import combinations

from django.db.models import Q
from django.utils import timezone

from mawsim.accounts.models import Membership, Organisation, Role, TradeFlag
from mawsim.accounts.rules import Reader, require
from mawsim.core import languages
from mawsim.core.errors import NotVisible
from mawsim.listings.models import Kind, Listing
from mawsim.matches import attributes, engine, judging, pairs, reader, weighing
from mawsim.matches.candidates import open_to
from mawsim.matches.judging import Candidate, ListingFacts, PairScore
from mawsim.matches.models import Decision, Source
from mawsim.matches.suggest import Match, Suggestion, present

NEAREST = 60  # offers looked at per pillar
PER_PILLAR = 12  # best ones among which the search chooses
REMEMBERED = timedelta(days=365)  # so long a declined interest keeps two organisations apart


class LeftOut(StrEnum):
    SAME_OWNER = "same_owner"
    DECLINED = "declined"


class State(StrEnum):
    COVERED = "covered"
    MISSING = "missing"  # nobody offers it
    BLOCKED = "blocked"  # somebody does, but not beside the others


@dataclass(frozen=True)
class Part:
    """One pillar of the need, who covers it, and who else could."""

    pillar: str
    state: State
    member: Suggestion | None = None
    runner_up: Suggestion | None = None


@dataclass(frozen=True)
class ConsortiumPlan:
    """The smallest set that covers a need. `considered`: organisations among which it was chosen.

    `proven`: no smaller or better fitting set exists among them; else the search was cut short.
    """

    parts: list[Part] = field(default_factory=list)
    size: int = 0
    considered: int = 0
    proven: bool = True
    left_out: list[tuple[Organisation, LeftOut]] = field(default_factory=list)
    degraded: bool = False  # the need, or the others, are still being read

    @property
    def missing(self) -> list[Part]:
        return [part for part in self.parts if part.state != State.COVERED]


def build_consortium(*, user: Reader, listing: Listing, language: str = "") -> ConsortiumPlan:
    """The consortium for a need, for members of its organisation; `NotVisible` for an offer."""
    require(user, listing.organisation, Role.VIEWER)
    if listing.kind != Kind.NEED:
        raise NotVisible
    language = language or languages.current().code
    field_ = _Field(listing)
    if field_.degraded:
        return ConsortiumPlan(degraded=True)
    found = judging.build_consortium(
        field_.pillars,
        (
            Candidate(pair_owner, pillar, pair.offer, pair.score)
            for pillar, rows in field_.by_pillar.items()
            for pair_owner, pair in rows
        ),
        _same_owner_pairs(field_.owners()),
    )
    members = {one.requirement: one.listing for one in found.members}
    others = {pillar: one.listing for pillar, one in found.runners_up.items()}
    shown = field_.present({*members.values(), *others.values()}, language)
    states = dict.fromkeys(found.missing, State.MISSING) | dict.fromkeys(found.blocked, State.BLOCKED)
    return ConsortiumPlan(
        parts=[
            Part(
                pillar,
                states.get(pillar, State.COVERED),
                shown.get(members.get(pillar, 0)),
                shown.get(others.get(pillar, 0)),
            )
            for pillar in field_.pillars
        ],
        size=len(found.organisations),
        considered=found.considered,
        proven=found.proven,
        left_out=field_.left_out,
    )


class _Field:
    """The offers that come into question: `by_pillar` {pillar: [(organisation, pair)]}, best first."""

    def __init__(self, listing: Listing) -> None:
        self.listing, self.organisation = listing, listing.organisation
        self.pillars = list(dict.fromkeys([listing.pillar, *listing.further_pillars]))
        self.serving, self.weights = reader.serving(), weighing.active()
        self.listings: dict[int, Listing] = {listing.pk: listing}
        self.facts: dict[int, ListingFacts] = {}
        self.by_pillar: dict[str, list[tuple[int, PairScore]]] = {pillar: [] for pillar in self.pillars}
        self.left_out: list[tuple[Organisation, LeftOut]] = []
        self.vectors = pairs.vectors_of(self.serving.model.name, [listing.pk]) if self.serving else {}
        self.degraded = not self.vectors
        if self.vectors:
            self._judge(self._nearest())

    def _nearest(self) -> set[int]:
        assert self.serving is not None  # noqa: S101
        vector, mine = self.vectors[self.listing.pk], [self.organisation.pk]
        ids: set[int] = set()
        for pillar in self.pillars:
            where = attributes.allowed({"kind": [Kind.OFFER], "pillar": [pillar]})
            (hits,) = engine.nearest(self.serving.index, [vector], NEAREST, where, mine)
            ids |= {hit.id for hit in hits}
        return ids

    def _judge(self, ids: Collection[int]) -> None:
        assert self.serving is not None  # noqa: S101
        rows = open_to(self.organisation).filter(pk__in=ids, kind=Kind.OFFER, pillar__in=self.pillars)
        rows = rows.filter(organisation__flag=TradeFlag.NONE).defer("title", "summary", "body")
        self.listings |= {one.pk: one for one in rows}
        self.facts = {pk: pairs.facts_of(one) for pk, one in self.listings.items()}
        self.vectors |= pairs.vectors_of(self.serving.model.name, [pk for pk in self.facts if pk in ids])
        apart = _kept_apart(self.organisation, {one.organisation_id for one in self.listings.values()})
        good = []
        for one in self.listings.values():
            if one.pk != self.listing.pk:
                need, offer = self.facts[self.listing.pk], self.facts[one.pk]
                pair = pairs.scored(need, offer, self.vectors, self.weights)
                if pair.score >= pairs.FLOOR:
                    good.append(pair)
        out: dict[int, LeftOut] = {}
        for pair in sorted(good, key=lambda pair: (-pair.score, pair.offer)):
            offer_ = self.listings[pair.offer]
            if offer_.organisation_id in apart:
                out[offer_.organisation_id] = apart[offer_.organisation_id]
            else:
                self._add(self.by_pillar[offer_.pillar], offer_.organisation_id, pair)
        owners = {one.organisation_id: one.organisation for one in self.listings.values()}
        self.left_out = [(owners[pk], why) for pk, why in out.items()]

    @staticmethod
    def _add(rows: list[tuple[int, PairScore]], owner: int, pair: PairScore) -> None:
        """The best offer of each of the best organisations."""
        if len(rows) < PER_PILLAR and all(owner != one for one, _pair in rows):
            rows.append((owner, pair))

    def owners(self) -> set[int]:
        return {owner for rows in self.by_pillar.values() for owner, _pair in rows}

    def present(self, offers: Collection[int], language: str) -> Mapping[int, Suggestion]:
        """{offer: as it is shown}; one that was hidden meanwhile is left out."""
        found = {pair.offer: pair for rows in self.by_pillar.values() for _owner, pair in rows}
        matches = [
            Match(self.listing, self.listings[pk], found[pk].score, found[pk]) for pk in sorted(offers)
        ]
        return {one.card.listing.pk: one for one in present(matches, self, language)}


def _kept_apart(organisation: Organisation, others: Collection[int]) -> dict[int, LeftOut]:
    """{organisation that does not come into question: why}, among `others`."""
    people = Membership.objects.filter(organisation=organisation, role=Role.OWNER).values("user")
    owned = Membership.objects.filter(organisation__in=others, role=Role.OWNER, user__in=people)
    apart = dict.fromkeys(owned.values_list("organisation", flat=True), LeftOut.SAME_OWNER)
    since = timezone.now() - REMEMBERED
    declined = Decision.objects.filter(
        Q(decider=organisation, other__in=others) | Q(decider__in=others, other=organisation),
        source=Source.INTEREST,
        created_at__gt=since,
    ).exclude(reason="")
    for pair in declined.values_list("decider", "other"):
        apart |= {pk: LeftOut.DECLINED for pk in pair if pk not in apart}
    apart.pop(organisation.pk, None)
    return apart


def _same_owner_pairs(organisations: Iterable[int]) -> set[tuple[int, int]]:
    """Organisations of which one person owns both."""
    rows = Membership.objects.filter(organisation__in=list(organisations), role=Role.OWNER)
    owned: dict[int, list[int]] = defaultdict(list)
    for user, organisation in rows.values_list("user", "organisation").order_by("organisation"):
        owned[user].append(organisation)
    return {pair for several in owned.values() for pair in combinations(several, 2)}
