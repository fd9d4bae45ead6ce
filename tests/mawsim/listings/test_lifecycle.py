"""The whole table: every step from every status, by everybody."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from mawsim.accounts.models import Notification, NotificationKind, Role, User
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from mawsim.listings import actions, queries, rules
from mawsim.listings.lifecycle import TRANSITIONS, Step
from mawsim.listings.models import Event, Listing, Status
from tests.conftest import Cast
from tests.mawsim.listings.samples import draft, in_review, published

EDITOR_STEPS = {
    Status.DRAFT: {"submit", "archive"},
    Status.IN_REVIEW: {"withdraw", "archive"},
    Status.PUBLISHED: {"hold", "renew", "archive"},
    Status.ON_HOLD: {"resume", "archive"},
    Status.REJECTED: {"submit", "archive"},
    Status.EXPIRED: {"renew", "archive"},
    Status.ARCHIVED: {"restore"},
}
OPERATOR_STEPS = {
    Status.IN_REVIEW: {"publish", "reject"},
    Status.PUBLISHED: {"reject", "hold"},
    Status.ON_HOLD: {"resume"},
}


def _take(step: Step, actor: User, listing: Listing) -> Listing:
    options = {"note": "Please name the hospital."} if step == Step.REJECT else {}
    taken: Listing = getattr(actions, step)(actor=actor, listing=listing, **options)
    return taken


def _in(cast: Cast, status: Status) -> Listing:
    listing = draft(cast)
    Listing.objects.filter(pk=listing.pk).update(
        status=status, expires_at=timezone.now() + timedelta(days=100)
    )
    listing.refresh_from_db()
    return listing


@pytest.mark.parametrize("step", [step for step in Step if step != Step.EXPIRE])
@pytest.mark.parametrize("status", Status)
def test_an_editor_takes_exactly_the_steps_of_the_table(cast: Cast, status: Status, step: Step) -> None:
    listing, editor = _in(cast, status), cast.of(cast.hanbit, Role.EDITOR)
    if step in EDITOR_STEPS[status]:
        assert _take(step, editor, listing).status == TRANSITIONS[step].target
    else:
        with pytest.raises((Conflict, NotAllowed)):
            _take(step, editor, listing)
        listing.refresh_from_db()
        assert (listing.status, listing.versions.count()) == (status, 1)


@pytest.mark.parametrize("step", [step for step in Step if step != Step.EXPIRE])
@pytest.mark.parametrize("status", Status)
def test_an_operator_takes_exactly_the_steps_of_the_table(cast: Cast, status: Status, step: Step) -> None:
    listing = _in(cast, status)
    if step in OPERATOR_STEPS.get(status, set()):
        assert _take(step, cast.operator, listing).status == TRANSITIONS[step].target
    else:
        with pytest.raises((Conflict, NotAllowed)):
            _take(step, cast.operator, listing)
        listing.refresh_from_db()
        assert listing.status == status


@pytest.mark.parametrize("status", Status)
def test_what_is_offered_is_what_is_allowed(cast: Cast, status: Status) -> None:
    listing = _in(cast, status)
    assert set(rules.steps_of(cast.of(cast.hanbit, Role.EDITOR), listing)) == EDITOR_STEPS[status]
    assert set(rules.steps_of(cast.operator, listing)) == OPERATOR_STEPS.get(status, set())
    assert rules.steps_of(cast.of(cast.hanbit, Role.VIEWER), listing) == []
    assert rules.steps_of(cast.of(cast.vietcare), listing) == []


@pytest.mark.parametrize("step", [step for step in Step if step != Step.EXPIRE])
def test_viewers_and_outsiders_take_no_step(cast: Cast, step: Step) -> None:
    listing = _in(cast, next(iter(TRANSITIONS[step].sources)))
    for actor in (cast.of(cast.hanbit, Role.VIEWER), cast.of(cast.vietcare)):
        with pytest.raises(NotAllowed):
            _take(step, actor, listing)


def test_nobody_reviews_for_the_own_organisation(cast: Cast) -> None:
    listing = in_review(cast)
    owner = cast.of(cast.hanbit)
    owner.is_staff = True
    owner.save()
    with pytest.raises(NotAllowed):
        actions.publish(actor=owner, listing=listing)
    assert list(queries.review_queue(owner)) == []
    assert list(queries.review_queue(cast.operator)) == [listing]


def test_publishing_starts_a_year_and_tells_the_editors(cast: Cast, settings: Settings) -> None:
    listing = published(cast)
    assert listing.expires_at is not None
    assert listing.published_at is not None
    assert settings.LISTING_LIFETIME_DAYS == 365
    assert abs(listing.expires_at - listing.published_at - timedelta(days=365)) < timedelta(seconds=5)
    told = Notification.objects.filter(kind=NotificationKind.LISTING_PUBLISHED)
    assert {(notice.user.email, notice.path) for notice in told} == {
        ("owner@hanbit.example", f"/listings/{listing.public_id}/"),
        ("editor@hanbit.example", f"/listings/{listing.public_id}/"),
    }


def test_a_submission_tells_the_reviewers_once(cast: Cast) -> None:
    User.objects.create_user("second@mawsim.example", is_staff=True, language="ko")
    User.objects.create_user("former@mawsim.example", is_staff=True, is_active=False)
    User.objects.filter(pk=cast.of(cast.hanbit).pk).update(is_staff=True)  # reviews others, not the own
    listing = in_review(cast)
    rows = Notification.objects.filter(kind=NotificationKind.LISTING_SUBMITTED)
    assert {row.user.email for row in rows} == {"operator@mawsim.example", "second@mawsim.example"}
    assert {(row.path, row.params["title"]) for row in rows} == {
        (f"/review/{listing.public_id}/", listing.title)
    }
    rows.filter(user=cast.operator).update(read_at=timezone.now())
    editor = cast.of(cast.hanbit, Role.EDITOR)
    actions.submit(actor=editor, listing=actions.withdraw(actor=editor, listing=listing))
    # Who has looked is told of the new submission; who has not still has the first notice.
    assert rows.filter(user=cast.operator).count() == 2
    assert rows.all().count() == 3


def test_a_rejection_says_why_and_the_next_submission_clears_it(cast: Cast) -> None:
    rejected = actions.reject(actor=cast.operator, listing=in_review(cast), note="  Name the hospital. ")
    assert rejected.review_note == "Name the hospital."
    notice = Notification.objects.filter(kind=NotificationKind.LISTING_REJECTED).first()
    assert notice is not None
    assert notice.params == {"title": rejected.title, "note": "Name the hospital."}
    again = actions.submit(actor=cast.of(cast.hanbit), listing=rejected)
    assert (again.status, again.review_note) == (Status.IN_REVIEW, "")


@pytest.mark.parametrize("note", ["", "  ", "x" * 1001, "a\u202eb"])
def test_a_note_that_is_none_is_refused(cast: Cast, note: str) -> None:
    listing = in_review(cast)
    with pytest.raises(InvalidInput) as caught:
        actions.reject(actor=cast.operator, listing=listing, note=note)
    assert list(caught.value.errors) == ["note"]
    listing.refresh_from_db()
    assert listing.status == Status.IN_REVIEW


def test_a_draft_without_a_sector_is_not_submitted(cast: Cast) -> None:
    listing = draft(cast, sectors=[])
    with pytest.raises(InvalidInput) as caught:
        actions.submit(actor=cast.of(cast.hanbit), listing=listing)
    assert {field: str(text) for field, text in caught.value.errors.items()} == {
        "sectors": "Choose at least one sector."
    }


def test_a_reviewer_publishes_what_was_read(cast: Cast) -> None:
    listing = in_review(cast)
    seen = queries.current_version(listing)
    content = {
        name: getattr(listing, name) for name in ("kind", "pillar", "source_language", "summary", "sectors")
    }
    actions.save_listing(
        actor=cast.of(cast.hanbit),
        organisation=cast.hanbit,
        listing=listing,
        title="다른 제목입니다 여러분",
        **content,
    )
    with pytest.raises(Conflict):
        actions.publish(actor=cast.operator, listing=listing, seen_version=seen)
    listing.refresh_from_db()
    assert listing.status == Status.IN_REVIEW


def test_what_an_operator_holds_its_owner_cannot_resume(cast: Cast) -> None:
    listing = actions.hold(actor=cast.operator, listing=published(cast))
    owner = cast.of(cast.hanbit)
    with pytest.raises(NotAllowed):
        actions.resume(actor=owner, listing=listing)
    assert Step.RESUME not in rules.steps_of(owner, listing)
    assert actions.resume(actor=cast.operator, listing=listing).status == Status.PUBLISHED


def test_a_held_listing_that_expires_is_not_renewed_past_the_operator(cast: Cast) -> None:
    listing = actions.hold(actor=cast.operator, listing=published(cast))
    Listing.objects.filter(pk=listing.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert actions.expire_due() == (1, 0)
    with pytest.raises(NotAllowed):
        actions.renew(actor=cast.of(cast.hanbit), listing=listing)


def test_opening_and_closing_is_apart_from_the_status(cast: Cast) -> None:
    listing = published(cast)
    closed = actions.set_open(actor=cast.of(cast.hanbit), listing=listing, is_open=False)
    assert (closed.open_for_interest, closed.status) == (False, Status.PUBLISHED)
    actions.set_open(actor=cast.of(cast.hanbit), listing=listing, is_open=False)
    events = list(listing.versions.order_by("number").values_list("event", flat=True))
    assert events == [Event.CREATED, Event.SUBMITTED, Event.PUBLISHED, Event.CLOSED]


def _ending_in(cast: Cast, days: float) -> Listing:
    listing = published(cast)
    Listing.objects.filter(pk=listing.pk).update(expires_at=timezone.now() + timedelta(days=days))
    return listing


def test_expiry_is_announced_once_two_weeks_before(cast: Cast) -> None:
    far, near = _ending_in(cast, 14.1), _ending_in(cast, 13.9)
    assert actions.expire_due() == (0, 1)
    assert actions.expire_due() == (0, 0)
    notices = Notification.objects.filter(kind=NotificationKind.LISTING_EXPIRING)
    assert {notice.path for notice in notices} == {near.path}
    far.refresh_from_db()
    assert far.expiry_notice_at is None


def test_expired_listings_leave_the_public_at_their_hour(cast: Cast) -> None:
    listing = _ending_in(cast, -0.001)
    assert list(queries.public()) == []  # even before the task has run
    assert actions.expire_due() == (1, 0)
    assert actions.expire_due() == (0, 0)
    listing.refresh_from_db()
    assert listing.status == Status.EXPIRED
    assert Notification.objects.filter(kind=NotificationKind.LISTING_EXPIRED).count() == 2


def test_a_renewal_gives_a_year_and_another_notice(cast: Cast) -> None:
    listing = _ending_in(cast, 3)
    actions.expire_due()
    renewed = actions.renew(actor=cast.of(cast.hanbit), listing=listing)
    assert renewed.expires_at is not None
    assert renewed.expires_at > timezone.now() + timedelta(days=364)
    assert renewed.expiry_notice_at is None
    Listing.objects.filter(pk=listing.pk).update(expires_at=timezone.now() - timedelta(days=1))
    actions.expire_due()
    assert actions.renew(actor=cast.of(cast.hanbit), listing=listing).status == Status.PUBLISHED
    assert list(queries.public()) == [listing]


def test_a_deleted_listing_is_not_visible(cast: Cast) -> None:
    listing = draft(cast)
    Listing.objects.all().delete()
    with pytest.raises(NotVisible):
        actions.submit(actor=cast.of(cast.hanbit), listing=listing)
