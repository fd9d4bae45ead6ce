"""Decisions are kept as they were made, and teach weights that operators see and may overrule."""

from typing import Any

import pytest

from mawsim.accounts.models import Organisation, Role
from mawsim.core.errors import NotVisible
from mawsim.listings.models import Kind, Listing
from mawsim.matches import actions, feedback, judging, weighing
from mawsim.matches.models import Decision, Load, Source, Verdict, Weights
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]


@pytest.fixture
def offer(cast: Cast) -> Listing:
    return publish(cast.hanbit, "팜 농장 드론", sectors=["plantation"], target_countries=["SA"], stage=8)


@pytest.fixture
def need(cast: Cast) -> Listing:
    return publish(cast.vietcare, "sawit kebun bay", kind=Kind.NEED, sectors=["plantation"], stage=6)


def answer(cast: Cast, listing: Listing, reason: str = "", reference: int = 1) -> Decision:
    feedback.record_answer(
        decider=cast.hanbit, other=cast.vietcare, listing=listing, reason=reason, reference=reference
    )
    return Decision.objects.get(source=Source.INTEREST, reference=reference)


def test_an_answer_keeps_how_the_factors_stood(cast: Cast, offer: Listing, need: Listing) -> None:
    index()
    decision = answer(cast, offer, "wrong_market")
    assert (decision.decider, decision.other, decision.reason) == (cast.hanbit, cast.vietcare, "wrong_market")
    assert decision.verdicts == {
        "text": "match",
        "pillar": "match",
        "sector": "match",
        "technology": "unknown",
        "partnership": "unknown",
        "market": "gap",
        "origin": "unknown",
        "stage": "match",
        "ticket": "unknown",
    }
    Listing.objects.filter(pk=offer.pk).update(target_countries=["VN"])
    decision.refresh_from_db()
    assert decision.verdicts["market"] == "gap"  # as it was when it was decided


def test_told_twice_it_is_kept_once(cast: Cast, offer: Listing) -> None:
    answer(cast, offer)
    answer(cast, offer, "budget")
    assert list(Decision.objects.values_list("reason", flat=True)) == ["budget"]


def test_without_a_pair_nothing_was_compared(cast: Cast, offer: Listing) -> None:
    assert answer(cast, offer).verdicts == {}


def test_verdicts_on_suggestions_count_until_they_are_taken_back(
    cast: Cast, offer: Listing, need: Listing
) -> None:
    index()
    who: dict[str, Any] = {"actor": cast.of(cast.hanbit, Role.EDITOR), "organisation": cast.hanbit}
    actions.set_verdict(**who, listing=need, verdict=Verdict.SHORTLISTED)
    decision = Decision.objects.get()
    assert (decision.source, decision.decider, decision.other) == ("verdict", cast.hanbit, cast.vietcare)
    assert (decision.reason, decision.verdicts["sector"]) == ("", "match")
    actions.set_verdict(**who, listing=need, verdict=Verdict.DISMISSED)
    assert Decision.objects.get().reason == "dismissed"
    actions.clear_verdict(**who, listing=need)
    assert not Decision.objects.exists()


def test_the_load_is_the_last_one_told(cast: Cast) -> None:
    feedback.record_load(organisation=cast.hanbit, open_interests=7)
    feedback.record_load(organisation=cast.hanbit, open_interests=3)
    assert Load.objects.get(organisation=cast.hanbit).open_interests == 3


# --- Weights ---------------------------------------------------------------------------------------
FACTORS = list(judging.WEIGHTS)
PER_DECIDER = 20  # decisions of one organisation that count


def decided(cast: Cast, offer: Listing, number: int, reason: str, **verdicts: str) -> None:
    """Decisions of as many organisations as it takes for all of them to count."""
    first = Decision.objects.count()
    deciders = [
        Organisation.objects.create(kind="partner", name=f"P{at}", country="VN", language="vi")
        for at in range(-(-number // PER_DECIDER))
    ]
    Decision.objects.bulk_create(
        Decision(
            source=Source.INTEREST,
            reference=first + at,
            decider=deciders[at // PER_DECIDER],
            other=cast.hanbit,
            listing=offer,
            reason=reason,
            verdicts=verdicts,
        )
        for at in range(number)
    )


@pytest.fixture
def lesson(cast: Cast, offer: Listing) -> None:
    """A shared sector brings a yes; a shared technology says nothing."""
    decided(cast, offer, 60, "", sector="match", technology="match")
    decided(cast, offer, 60, "", sector="match", technology="gap")
    decided(cast, offer, 60, "not_relevant", sector="gap", technology="match")
    decided(cast, offer, 60, "not_relevant", sector="gap", technology="gap")


def test_too_few_decisions_change_nothing(cast: Cast, offer: Listing) -> None:
    decided(cast, offer, 199, "", sector="match")
    assert weighing.relearn() is None
    assert weighing.active() == dict(judging.WEIGHTS)


def test_learned_weights_count_and_say_where_they_come_from(lesson: None) -> None:
    made = weighing.relearn()
    assert made is not None
    assert (made.active, made.decisions) == (True, 240)
    assert weighing.active() == made.weights
    assert made.weights["sector"] > judging.WEIGHTS["sector"]
    assert made.weights["technology"] < judging.WEIGHTS["technology"]
    assert made.weights["market"] == judging.WEIGHTS["market"]
    sector = made.tallies["sector"]
    cells = [sector[name] for name in ("match_yes", "match_no", "gap_yes", "gap_no")]
    assert cells == [120, 0, 0, 120]
    assert made.tallies["market"]["lift"] is None
    assert list(made.tallies) == FACTORS


def test_a_set_that_says_the_same_is_no_new_one(lesson: None) -> None:
    assert weighing.relearn() is not None
    assert weighing.relearn() is None
    assert Weights.objects.count() == 1


def test_learned_weights_rank(cast: Cast, offer: Listing, need: Listing) -> None:
    from mawsim.matches.queries import suggestions_for_listing

    index()
    user = cast.of(cast.hanbit)
    before = suggestions_for_listing(user=user, listing=offer)[0].score
    # The market is the pair's only gap: without weight it costs nothing.
    Weights.objects.create(weights={**judging.WEIGHTS, "market": 0.0}, active=True)
    after = suggestions_for_listing(user=user, listing=offer)[0].score
    assert after > before


def test_an_operator_pins_a_set_and_lets_go(cast: Cast, offer: Listing, lesson: None) -> None:
    first = weighing.relearn()
    assert first is not None
    weighing.choose(actor=cast.operator, number=None, pin=True)
    assert weighing.active() == dict(judging.WEIGHTS)
    decided(cast, offer, 100, "wrong_market", market="gap", sector="match")
    decided(cast, offer, 100, "", market="match", sector="match")
    second = weighing.relearn()
    assert second is not None
    assert (second.active, weighing.active()) == (False, dict(judging.WEIGHTS))
    weighing.choose(actor=cast.operator, number=first.pk, pin=False)
    assert weighing.active() == first.weights
    decided(cast, offer, 100, "budget", ticket="gap")
    decided(cast, offer, 100, "", ticket="match")
    third = weighing.relearn()
    assert third is not None
    assert weighing.active() == third.weights
    assert Weights.objects.filter(active=True).count() == 1


def test_only_operators_choose(cast: Cast, lesson: None) -> None:
    made = weighing.relearn()
    assert made is not None
    for actor in (cast.of(cast.hanbit), cast.of(cast.gulf)):
        with pytest.raises(NotVisible):
            weighing.choose(actor=actor, number=made.pk, pin=True)
    with pytest.raises(NotVisible):
        weighing.choose(actor=cast.operator, number=10**6, pin=False)
    assert Weights.objects.get().pinned is False
