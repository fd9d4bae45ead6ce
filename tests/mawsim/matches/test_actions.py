"""Shortlists, dismissals, saved searches and their alerts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mawsim.accounts.models import Notification, Role
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from mawsim.listings.models import Listing, Status
from mawsim.matches import actions, queries
from mawsim.matches.alerts import alert_saved_searches
from mawsim.matches.filters import Filters
from mawsim.matches.models import Feedback, SavedSearch, Verdict
from mawsim.taxonomy import vocabulary
from mawsim.taxonomy.vocabulary import Vocabulary
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = pytest.mark.django_db


class TestVerdicts:
    @pytest.fixture
    def listing(self, cast: Cast) -> Listing:
        return publish(cast.vietcare, "drone")

    def test_the_last_one_counts(self, cast: Cast, listing: Listing) -> None:
        editor = cast.of(cast.hanbit, Role.EDITOR)
        for verdict in (Verdict.SHORTLISTED, Verdict.DISMISSED, Verdict.SHORTLISTED):
            actions.set_verdict(actor=editor, organisation=cast.hanbit, listing=listing, verdict=verdict)
        feedback = Feedback.objects.get()
        assert (feedback.verdict, feedback.user) == ("shortlisted", editor)
        assert list(queries.shortlist(cast.hanbit)) == [listing]
        assert list(queries.shortlist(cast.zayed)) == []

    def test_it_can_be_taken_back(self, cast: Cast, listing: Listing) -> None:
        editor = cast.of(cast.hanbit, Role.EDITOR)
        actions.set_verdict(
            actor=editor, organisation=cast.hanbit, listing=listing, verdict=Verdict.SHORTLISTED
        )
        for _ in range(2):
            actions.clear_verdict(actor=editor, organisation=cast.hanbit, listing=listing)
        assert Feedback.objects.count() == 0

    def test_viewers_may_not_and_outsiders_know_nothing(self, cast: Cast, listing: Listing) -> None:
        for actor, error in (
            (cast.of(cast.hanbit, Role.VIEWER), NotAllowed),
            (cast.of(cast.zayed), NotVisible),
            (cast.operator, NotVisible),
        ):
            with pytest.raises(error):
                actions.set_verdict(
                    actor=actor, organisation=cast.hanbit, listing=listing, verdict=Verdict.DISMISSED
                )
            with pytest.raises(error):
                actions.clear_verdict(actor=actor, organisation=cast.hanbit, listing=listing)
        assert Feedback.objects.count() == 0

    def test_neither_ones_own_nor_what_is_hidden(self, cast: Cast, listing: Listing) -> None:
        own = publish(cast.hanbit, "drone")
        hidden = publish(cast.vietcare, "drone", status=Status.DRAFT)
        for target, error in ((own, Conflict), (hidden, NotVisible)):
            with pytest.raises(error):
                actions.set_verdict(
                    actor=cast.of(cast.hanbit), organisation=cast.hanbit, listing=target,
                    verdict=Verdict.SHORTLISTED,
                )  # fmt: skip

    def test_the_shortlist_shows_what_is_public(self, cast: Cast, listing: Listing) -> None:
        Feedback.objects.create(organisation=cast.hanbit, listing=listing, verdict=Verdict.SHORTLISTED)
        Listing.objects.filter(pk=listing.pk).update(status=Status.ON_HOLD)
        assert list(queries.shortlist(cast.hanbit)) == []


FILTERS = Filters({"sector": ("healthcare",)})


class TestSavedSearches:
    def test_saved_once_however_often_it_is_sent(self, cast: Cast) -> None:
        user = cast.of(cast.hanbit)
        for name in ("X-ray", ""):
            saved = actions.save_search(
                actor=user, name=name, query=" chest  xray ", filters=FILTERS, language="en"
            )
        assert SavedSearch.objects.count() == 1
        assert (saved.name, saved.query, saved.filters) == (
            "X-ray",
            "chest  xray",
            {"sector": ["healthcare"]},
        )
        ((row, filters, labels),) = queries.saved_searches(user, "ko")
        assert (row, filters) == (saved, FILTERS)
        assert labels == [vocabulary.label(Vocabulary.SECTOR, "healthcare", "ko")]

    @pytest.mark.parametrize(
        ("name", "query", "field"),
        [
            ("n" * 121, "x", "name"),
            ("", "x" * 501, "query"),
            ("a\u202eb", "x", "name"),
            ("", "x\x00", "query"),
            ("name", "  ", "query"),
        ],
    )
    def test_bad_input_is_refused(self, cast: Cast, name: str, query: str, field: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            actions.save_search(actor=cast.operator, name=name, query=query, filters=Filters(), language="en")
        assert list(refused.value.errors) == [field]
        assert SavedSearch.objects.count() == 0

    def test_there_is_an_end_to_it(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(actions, "SAVED_SEARCHES", 2)
        for number in range(2):
            actions.save_search(
                actor=cast.operator, name="", query=f"q{number}", filters=Filters(), language="en"
            )
        with pytest.raises(Conflict):
            actions.save_search(actor=cast.operator, name="", query="q9", filters=Filters(), language="en")

    def test_only_its_owner_deletes_it(self, cast: Cast) -> None:
        saved = actions.save_search(actor=cast.operator, name="", query="q", filters=Filters(), language="en")
        with pytest.raises(NotVisible):
            actions.delete_saved_search(actor=cast.of(cast.hanbit), public_id=saved.public_id)
        actions.delete_saved_search(actor=cast.operator, public_id=saved.public_id)
        assert SavedSearch.objects.count() == 0


@pytest.mark.usefixtures("engine_room")
class TestAlerts:
    @pytest.fixture
    def saved(self, cast: Cast) -> SavedSearch:
        publish(cast.hanbit, "drone", published_at=timezone.now() - timedelta(days=2))
        index()
        saved = actions.save_search(
            actor=cast.of(cast.vietcare), name="Drones", query="bay", filters=Filters(), language="vi"
        )
        SavedSearch.objects.update(checked_at=timezone.now() - timedelta(days=1))
        return saved

    def test_what_is_new_is_told_once(self, cast: Cast, saved: SavedSearch) -> None:
        publish(cast.hanbit, "드론 항공")
        publish(cast.zayed, "صندوق استثمار")  # no answer
        publish(cast.vietcare, "bay")  # the user's own
        index()
        assert [alert_saved_searches(), alert_saved_searches()] == [1, 0]
        notice = Notification.objects.get()
        assert (notice.user, notice.kind) == (saved.user, "saved_search_hits")
        assert (notice.params, notice.path) == (
            {"name": "Drones", "count": 1},
            f"/search/saved/{saved.public_id}/",
        )

    def test_nothing_new_is_no_notice(self, cast: Cast, saved: SavedSearch) -> None:
        assert alert_saved_searches() == 0
        assert Notification.objects.count() == 0
        assert SavedSearch.objects.get().checked_at > timezone.now() - timedelta(minutes=1)

    def test_what_is_not_indexed_yet_is_told_later(self, cast: Cast, saved: SavedSearch) -> None:
        publish(cast.hanbit, "드론 항공")
        assert alert_saved_searches() == 0
        index()
        assert alert_saved_searches() == 1

    def test_who_does_not_want_to_be_told_is_not(self, cast: Cast, saved: SavedSearch) -> None:
        SavedSearch.objects.update(notify=False)
        publish(cast.hanbit, "드론")
        index()
        assert alert_saved_searches() == 0

    def test_filters_alone(self, cast: Cast, saved: SavedSearch) -> None:
        SavedSearch.objects.update(query="", filters={"sector": ["healthcare"]})
        publish(cast.hanbit, "드론", sectors=["healthcare"])
        publish(cast.hanbit, "드론", sectors=["energy"])
        index()
        assert alert_saved_searches() == 1
        assert Notification.objects.get().params["count"] == 1
