"""Consortia for a need: who may be in one, who is kept out, and what is said about the rest."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mawsim.accounts.models import Membership, Organisation, Role, User
from mawsim.core.errors import NotVisible
from mawsim.listings.models import Kind, Listing, Status
from mawsim.matches.models import Decision, Feedback, Source, Verdict
from mawsim.matches.queries import ConsortiumPlan, build_consortium
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]
PILLARS = ["technology", "capital", "data"]


@pytest.fixture
def need(cast: Cast) -> Listing:
    """A hospital group seeks technology, capital and data for reading chest films."""
    return publish(
        cast.vietcare, "xray bệnh viện quỹ", kind=Kind.NEED, further_pillars=["capital", "data"],
        sectors=["healthcare"],
    )  # fmt: skip


def offer(
    organisation: Organisation, pillar: str, title: str = "xray hospital fund", **fields: Any
) -> Listing:
    return publish(organisation, title, pillar=pillar, **{"sectors": ["healthcare"], **fields})


def plan(cast: Cast, need: Listing, **options: Any) -> ConsortiumPlan:
    return build_consortium(user=cast.of(need.organisation), listing=need, language="en", **options)


def who(found: ConsortiumPlan) -> dict[str, Organisation | None]:
    return {
        part.pillar: part.member.card.listing.organisation if part.member else None for part in found.parts
    }


def test_the_smallest_set_with_a_runner_up_and_reasons(cast: Cast, need: Listing) -> None:
    technology, capital = offer(cast.hanbit, "technology"), offer(cast.zayed, "capital")
    data = offer(cast.zayed, "data")
    other = offer(cast.gulf, "capital")  # just as good, but one more
    index()
    found = plan(cast, need)
    assert [part.pillar for part in found.parts] == PILLARS
    assert who(found) == {"technology": cast.hanbit, "capital": cast.zayed, "data": cast.zayed}
    assert [part.member.card.listing for part in found.parts if part.member] == [technology, capital, data]
    runners = {part.pillar: part.runner_up for part in found.parts}
    assert runners["capital"] is not None
    assert runners["capital"].card.listing == other
    assert (runners["technology"], runners["data"]) == (None, None)
    assert (found.size, found.considered, found.proven, found.left_out) == (2, 3, True, [])
    member = found.parts[1].member
    assert member is not None
    assert member.own.listing == need
    assert {reason.code: reason.state for reason in member.reasons}["PILLAR_SAME"] == "match"
    assert member.evidence[0].own.text == "xray bệnh viện quỹ"


def test_a_pillar_that_nobody_offers_is_named(cast: Cast, need: Listing) -> None:
    offer(cast.hanbit, "technology")
    publish(cast.zayed, "speech voice call", pillar="data", sectors=["finance"])  # too far off
    index()
    found = plan(cast, need)
    assert [(part.pillar, part.state) for part in found.parts] == [
        ("technology", "covered"),
        ("capital", "missing"),
        ("data", "missing"),
    ]
    assert [part.pillar for part in found.missing] == ["capital", "data"]


def test_nothing_at_all(cast: Cast, need: Listing) -> None:
    index()
    found = plan(cast, need)
    assert (found.size, found.considered, found.degraded) == (0, 0, False)
    assert {part.state for part in found.parts} == {"missing"}


def test_before_it_is_read_there_is_no_plan(cast: Cast, need: Listing) -> None:
    assert plan(cast, need).degraded


@pytest.mark.parametrize(
    "how",
    ["draft", "on hold", "closed", "expired", "suspended", "dismissed", "sensitive", "sanctioned", "own"],
)
def test_who_does_not_come_into_question(cast: Cast, need: Listing, how: str) -> None:
    hidden = offer(cast.hanbit, "technology")
    index()
    assert who(plan(cast, need))["technology"] == cast.hanbit
    row = Listing.objects.filter(pk=hidden.pk)
    owner = Organisation.objects.filter(pk=cast.hanbit.pk)
    match how:
        case "draft" | "on hold":
            row.update(status=Status.DRAFT if how == "draft" else Status.ON_HOLD)
        case "closed":
            row.update(open_for_interest=False)
        case "expired":
            row.update(expires_at=timezone.now())
        case "suspended":
            owner.update(is_active=False)
        case "dismissed":
            Feedback.objects.create(organisation=cast.vietcare, listing=hidden, verdict=Verdict.DISMISSED)
        case "own":
            row.update(organisation=cast.vietcare)
        case _:
            owner.update(flag=how)
    found = plan(cast, need)
    assert who(found)["technology"] is None
    assert found.left_out == []  # a flag is told to nobody


@pytest.mark.parametrize("decider", ["ours", "theirs"])
def test_who_was_declined_is_left_out_for_a_year(cast: Cast, need: Listing, decider: str) -> None:
    listing = offer(cast.hanbit, "technology")
    index()
    sides = (cast.vietcare, cast.hanbit) if decider == "ours" else (cast.hanbit, cast.vietcare)
    made = Decision.objects.create(
        source=Source.INTEREST,
        reference=1,
        decider=sides[0],
        other=sides[1],
        listing=listing,
        reason="budget",
    )
    found = plan(cast, need)
    assert (who(found)["technology"], found.left_out) == (None, [(cast.hanbit, "declined")])
    Decision.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=366))
    assert who(plan(cast, need))["technology"] == cast.hanbit


def test_a_yes_or_a_refusal_of_somebody_else_keeps_nobody_out(cast: Cast, need: Listing) -> None:
    listing = offer(cast.hanbit, "technology")
    index()
    common = {"source": Source.INTEREST, "listing": listing}
    Decision.objects.create(**common, reference=1, decider=cast.hanbit, other=cast.vietcare, reason="")
    Decision.objects.create(**common, reference=2, decider=cast.hanbit, other=cast.gulf, reason="budget")
    assert who(plan(cast, need))["technology"] == cast.hanbit


def test_the_same_owner_is_left_out_or_kept_apart(cast: Cast, need: Listing) -> None:
    offer(cast.hanbit, "technology")
    offer(cast.zayed, "capital")
    offer(cast.gulf, "data")
    index()
    tycoon = User.objects.create_user("tycoon@gulf.example")
    for organisation in (cast.zayed, cast.gulf):
        Membership.objects.create(organisation=organisation, user=tycoon, role=Role.OWNER)
    found = plan(cast, need)
    # Capital and data belong to one person: only one of them is taken, the better fit or the first.
    covered = [part.pillar for part in found.parts if part.member]
    assert len(covered) == 2
    assert [part.state for part in found.missing] == ["blocked"]
    Membership.objects.create(organisation=cast.hanbit, user=cast.of(cast.vietcare), role=Role.OWNER)
    found = plan(cast, need)
    assert (who(found)["technology"], found.left_out) == (None, [(cast.hanbit, "same_owner")])


def test_only_members_build_and_only_for_a_need(cast: Cast, need: Listing) -> None:
    other = offer(cast.vietcare, "technology")
    index()
    for stranger in (cast.of(cast.hanbit), cast.operator, AnonymousUser()):
        with pytest.raises(NotVisible):
            build_consortium(user=stranger, listing=need)
    with pytest.raises(NotVisible):
        build_consortium(user=cast.of(cast.vietcare), listing=other)
    assert build_consortium(user=cast.of(cast.vietcare, Role.VIEWER), listing=need).size == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(cast: Cast, need: Listing, count: int) -> None:
    for organisation in (cast.hanbit, cast.zayed, cast.gulf)[:count]:
        for pillar in PILLARS[:count]:
            offer(organisation, pillar)
    index()
    plan(cast, need)
    with CaptureQueriesContext(connection) as caught:
        assert plan(cast, need).considered == count
    assert len(caught) == 17, "\n".join(row["sql"][:120] for row in caught.captured_queries)
