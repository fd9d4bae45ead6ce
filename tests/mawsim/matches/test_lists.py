"""The lists of suggestions: fresh after a change, healed every night, never a leak."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mawsim.accounts.models import Role
from mawsim.listings import actions as listing_actions
from mawsim.listings.models import Kind, Listing, Status
from mawsim.matches import actions, lists, pairs
from mawsim.matches.models import EmbeddingModel, SuggestionList, SuggestionPass, Verdict
from mawsim.matches.queries import suggestions_for_listing, suggestions_for_organisation
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]


def others(listing: Listing) -> list[int]:
    return SuggestionList.objects.get(listing=listing).others


def shown(cast: Cast, listing: Listing) -> list[Listing]:
    found = suggestions_for_listing(user=cast.of(listing.organisation), listing=listing)
    return [one.card.listing for one in found]


@pytest.fixture
def offer(cast: Cast) -> Listing:
    return publish(cast.hanbit, "팜 농장 병든 드론", sectors=["plantation"])


@pytest.fixture
def need(cast: Cast) -> Listing:
    return publish(cast.vietcare, "bệnh sawit kebun bay", kind=Kind.NEED, sectors=["plantation"])


def test_indexing_marks_and_the_update_fills_both_sides(cast: Cast, offer: Listing, need: Listing) -> None:
    index()
    assert set(SuggestionList.objects.values_list("pending", "model")) == {(True, "")}
    assert lists.update_pending() == 2
    assert (others(offer), others(need)) == ([need.pk], [offer.pk])
    assert lists.update_pending() == 0
    row = SuggestionList.objects.get(listing=offer)
    assert (row.pending, row.model) == (False, EmbeddingModel.objects.get().name)
    assert len(row.scores) == 1
    assert row.scores[0] == pytest.approx(
        suggestions_for_listing(user=cast.of(cast.hanbit), listing=offer)[0].score
    )


def test_a_new_listing_enters_the_lists_of_those_it_fits(cast: Cast, offer: Listing, need: Listing) -> None:
    index()
    lists.update_pending()
    newer = publish(cast.zayed, "نخيل مزرعة درون", kind=Kind.NEED, sectors=["plantation"])
    index()
    assert lists.update_pending() == 1  # the new one alone is computed
    assert set(others(offer)) == {need.pk, newer.pk}
    assert set(shown(cast, offer)) == {need, newer}


def test_a_changed_listing_leaves_what_it_no_longer_fits(cast: Cast, offer: Listing, need: Listing) -> None:
    index()
    lists.update_pending()
    changed = {"title": "quỹ đầu", "summary": "quỹ đầu", "pillar": "capital", "sectors": ["finance"]}
    Listing.objects.filter(pk=need.pk).update(**changed, index_pending=True)
    index()
    lists.update_pending()
    assert others(need) == []
    # Still in the other's list, which is only where reading starts: every pair is judged anew.
    assert shown(cast, offer) == []


def test_reading_takes_the_list_and_asks_no_index(
    cast: Cast, offer: Listing, need: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    index()
    lists.update_pending()

    def refuse(*args: object) -> None:
        raise AssertionError("the index was asked")

    monkeypatch.setattr("mawsim.matches.engine.nearest", refuse)
    assert shown(cast, offer) == [need]
    assert len(suggestions_for_organisation(user=cast.of(cast.hanbit), organisation=cast.hanbit)) == 1


@pytest.mark.parametrize("state", ["marked", "none", "other model"])
def test_without_a_fresh_list_the_index_is_asked(
    cast: Cast, offer: Listing, need: Listing, state: str
) -> None:
    index()
    lists.update_pending()
    rows = SuggestionList.objects.filter(listing=offer)
    rows.update(others=[], scores=[])
    assert shown(cast, offer) == []
    if state == "marked":
        lists.mark([offer.pk])
    elif state == "none":
        rows.delete()
    else:
        rows.update(model="older")
    assert shown(cast, offer) == [need]


@pytest.mark.parametrize("how", ["draft", "closed", "expired"])
def test_what_is_not_open_is_neither_entered_nor_shown(
    cast: Cast, offer: Listing, need: Listing, how: str
) -> None:
    index()
    lists.update_pending()
    change: dict[str, Any] = {
        "draft": {"status": Status.DRAFT},
        "closed": {"open_for_interest": False},
        "expired": {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)},
    }[how]
    Listing.objects.filter(pk=need.pk).update(**change)
    assert shown(cast, offer) == []  # at once, whatever the lists say
    late = publish(cast.zayed, "نخيل مزرعة درون", kind=Kind.NEED, sectors=["plantation"], **change)
    index()
    lists.update_pending()
    assert late.pk not in others(offer)


def test_a_draft_has_a_list_of_its_own(cast: Cast, need: Listing) -> None:
    draft = publish(cast.hanbit, "팜 농장 병든 드론", status=Status.DRAFT)
    index()
    lists.update_pending()
    assert (others(draft), others(need)) == ([need.pk], [])


def test_a_list_is_bounded_and_keeps_the_best(
    cast: Cast, offer: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "KEPT", 2)
    weak = publish(cast.vietcare, "sawit kebun bay", kind=Kind.NEED, sectors=["finance"])
    index()
    lists.update_pending()
    assert others(offer) == [weak.pk]
    text, fits = "نخيل مزرعة درون مرض", {"kind": Kind.NEED, "sectors": ["plantation"]}
    good = [publish(cast.zayed, text, **fits) for _ in range(2)]
    index()
    lists.update_pending()
    assert set(others(offer)) == {one.pk for one in good}
    assert weak.pk not in others(offer)


def test_what_is_dismissed_makes_room(cast: Cast, offer: Listing, need: Listing) -> None:
    index()
    lists.update_pending()
    user = cast.of(cast.hanbit, Role.EDITOR)
    actions.set_verdict(actor=user, organisation=cast.hanbit, listing=need, verdict=Verdict.DISMISSED)
    assert lists.update_pending() == 1
    assert others(offer) == []
    actions.clear_verdict(actor=user, organisation=cast.hanbit, listing=need)
    assert lists.update_pending() == 1
    assert others(offer) == [need.pk]


def test_a_mark_that_comes_while_a_list_is_computed_is_not_lost(
    cast: Cast, offer: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    index()
    compute = lists.compute

    def disturbed(*args: Any) -> Any:
        found = compute(*args)
        lists.mark([offer.pk])  # the listing was indexed again meanwhile
        return found

    monkeypatch.setattr(lists, "compute", disturbed)
    lists._update_batch()
    assert SuggestionList.objects.get(listing=offer).pending
    monkeypatch.undo()


def test_a_deleted_listing_takes_its_list_along(cast: Cast, offer: Listing, need: Listing) -> None:
    index()
    lists.update_pending()
    need.delete()
    assert shown(cast, offer) == []
    assert SuggestionList.objects.count() == 1


def test_publishing_through_the_actions_is_enough(cast: Cast, offer: Listing) -> None:
    need = publish(cast.vietcare, "bệnh sawit kebun bay", kind=Kind.NEED, sectors=["plantation"])
    index()
    lists.update_pending()
    editor = cast.of(cast.vietcare, Role.EDITOR)
    listing_actions.hold(actor=editor, listing=need)
    assert shown(cast, offer) == []
    listing_actions.resume(actor=editor, listing=need)
    index()
    lists.update_pending()
    assert shown(cast, offer) == [need]


class TestNightlyPass:
    def test_it_computes_every_list_anew_in_batches(
        self, cast: Cast, offer: Listing, need: Listing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lists, "BATCH", 1)
        index()
        lists.update_pending()
        SuggestionList.objects.update(others=[], scores=[])
        done = lists.refresh()
        assert done is not None
        assert done.finished_at is not None
        assert done.done == 2
        assert (others(offer), others(need)) == ([need.pk], [offer.pk])

    def test_a_pass_that_was_cut_short_goes_on(
        self, cast: Cast, offer: Listing, need: Listing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lists, "BATCH", 1)
        index()
        first = lists.refresh(seconds=0)
        assert first is not None
        assert (first.done, first.finished_at) == (0, None)
        lists._pass_batch(first.pk, lists.reader.serving())
        assert list(SuggestionList.objects.filter(model__gt="").values_list("listing", flat=True)) == [
            offer.pk
        ]
        assert SuggestionPass.objects.get().last_listing == offer.pk
        second = lists.refresh()
        assert second is not None
        assert (second.pk, second.done) == (first.pk, 2)

    def test_one_a_night(self, cast: Cast, offer: Listing) -> None:
        index()
        assert lists.refresh() is not None
        assert lists.refresh() is None
        assert lists.refresh(force=True) is not None
        SuggestionPass.objects.update(started_at=datetime.now(UTC) - timedelta(days=1, minutes=1))
        assert lists.refresh() is not None

    def test_another_model_is_not_waited_for(self, cast: Cast, offer: Listing) -> None:
        index()
        lists.refresh()
        SuggestionPass.objects.update(model="older")
        assert lists.refresh() is not None

    def test_it_does_not_lower_what_was_marked_meanwhile(self, cast: Cast, offer: Listing) -> None:
        index()
        lists.refresh()
        assert SuggestionList.objects.get(listing=offer).pending

    def test_before_anything_is_indexed_there_is_no_pass(self, db: None) -> None:
        assert lists.refresh() is None
        assert lists.update_pending() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_of_an_update_does_not_grow(cast: Cast, offer: Listing, count: int) -> None:
    for _ in range(count):
        publish(cast.vietcare, "sawit kebun drone", kind=Kind.NEED)
    index()
    with CaptureQueriesContext(connection) as caught:
        assert lists._update_batch() == count + 1
    writes = [row["sql"] for row in caught.captured_queries if row["sql"].startswith("UPDATE")]
    assert len(caught) - len(writes) == 16, "\n".join(row["sql"][:120] for row in caught.captured_queries)


def test_only_what_can_be_matched_is_marked_open(cast: Cast, offer: Listing) -> None:
    assert list(pairs.open_listings()) == [offer]
    Listing.objects.update(open_for_interest=False)
    assert list(pairs.open_listings()) == []
