from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from mawsim.accounts.models import Membership, Notification, NotificationKind, Role, User
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from mawsim.deals import actions
from mawsim.deals.actions.interests import PER_DAY
from mawsim.deals.models import Conversation, DeclineReason, Interest, InterestStatus
from mawsim.deals.tasks import expire_interests
from mawsim.listings.models import Listing, ListingTranslation, Status
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import State
from tests.conftest import Cast
from tests.mawsim.deals.steps import PURPOSE, express


def told(kind: NotificationKind) -> dict[str, tuple[dict, str]]:
    """{address: (params, path)} of the notices of a kind."""
    rows = Notification.objects.filter(kind=kind).select_related("user")
    return {row.user.email: (row.params, row.path) for row in rows}


def test_express_interest_stores_what_was_written(cast: Cast, listing: Listing, settings) -> None:
    settings.INTEREST_LIFETIME_DAYS = 7
    interest = express(cast, listing, purpose=f"  {PURPOSE}\r\n ")
    interest.refresh_from_db()
    assert (interest.purpose, interest.language, interest.status) == (PURPOSE, "vi", InterestStatus.PENDING)
    assert (interest.title, interest.title_language) == (listing.title, "ko")
    assert interest.author == cast.of(cast.vietcare, Role.EDITOR)
    assert abs(interest.expires_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)


def test_express_interest_tells_editors_and_owners_in_their_languages(cast: Cast, listing: Listing) -> None:
    cast.vietcare.names = {"en": "VietCare Hospitals", "ko": "비엣케어 병원그룹"}
    cast.vietcare.save()
    User.objects.filter(email="editor@hanbit.example").update(language="en")
    ListingTranslation.objects.create(
        listing=listing,
        field="title",
        language="en",
        text="Chest CT reading aid",
        state=State.REVIEWED,
        source_hash=source_hash(listing.title),
    )
    interest = express(cast, listing)
    path = f"/interests/{interest.public_id}/"
    assert told(NotificationKind.INTEREST_RECEIVED) == {
        "owner@hanbit.example": ({"title": listing.title, "organisation": "비엣케어 병원그룹"}, path),
        "editor@hanbit.example": (
            {"title": "Chest CT reading aid", "organisation": "VietCare Hospitals"},
            path,
        ),
    }


@pytest.mark.parametrize(("length", "fits"), [(29, False), (30, True), (1500, True), (1501, False)])
def test_purpose_has_30_to_1500_characters(cast: Cast, listing: Listing, length: int, fits: bool) -> None:
    if fits:
        assert express(cast, listing, purpose=f" {'ă' * length}\n").purpose == "ă" * length
    else:
        with pytest.raises(InvalidInput) as caught:
            express(cast, listing, purpose="ă" * length)
        assert list(caught.value.errors) == ["purpose"]
        assert not Interest.objects.exists()


@pytest.mark.parametrize(
    ("purpose", "language", "field"),
    [
        ("ab" + " " * 40 + "cd", "en", "purpose"),  # white space does not make it longer
        ("\u200b" * 40, "en", "purpose"),
        ("We would like to test it.\u202e gnp.exe in our clinics", "en", "purpose"),
        ("We would like to test it.\x07 in our three clinics", "en", "purpose"),
        ("We would like to test it in our three clinics", "xx", "language"),
        ("We would like to test it in our three clinics", "ar", "language"),  # another script
        ("우리는 하노이의 병원 세 곳에서 이 시스템을 시험해 보고 싶습니다.", "th", "language"),
    ],
)
def test_purpose_refuses(cast: Cast, listing: Listing, purpose: str, language: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        express(cast, listing, purpose=purpose, language=language)
    assert list(caught.value.errors) == [field]
    assert not Interest.objects.exists()


def test_one_open_interest_per_listing_and_organisation(cast: Cast, listing: Listing) -> None:
    first = express(cast, listing)
    with pytest.raises(Conflict):
        express(cast, listing)
    express(cast, listing, cast.zayed, purpose="نود تجربة هذا النظام في مستشفياتنا الثلاثة.", language="ar")
    actions.accept(actor=cast.of(cast.hanbit), interest=first)
    with pytest.raises(Conflict, match="conversation"):
        express(cast, listing)
    assert Interest.objects.count() == 2


def test_declined_interest_may_be_expressed_again(cast: Cast, interest: Interest) -> None:
    actions.decline(actor=cast.of(cast.hanbit), interest=interest, reason=DeclineReason.BUDGET)
    assert express(cast, interest.listing).status == InterestStatus.PENDING


def test_overdue_interest_gives_way_before_the_sweep(cast: Cast, interest: Interest) -> None:
    Interest.objects.update(expires_at=timezone.now())
    express(cast, interest.listing)
    interest.refresh_from_db()
    assert interest.status == InterestStatus.EXPIRED


def test_form_sent_twice_expresses_once(cast: Cast, listing: Listing) -> None:
    token = uuid4()
    first = express(cast, listing, submission_token=token)
    assert express(cast, listing, submission_token=token) == first
    with pytest.raises(Conflict):  # other words must not be taken for the first ones
        express(cast, listing, purpose=PURPOSE + " Và Huế.", submission_token=token)
    assert len(told(NotificationKind.INTEREST_RECEIVED)) == 2


def test_listing_closed_or_hidden_meanwhile(cast: Cast, listing: Listing) -> None:
    Listing.objects.update(open_for_interest=False)
    with pytest.raises(Conflict):
        express(cast, listing)
    Listing.objects.update(open_for_interest=True, status=Status.ON_HOLD)
    with pytest.raises(NotVisible):
        express(cast, listing)
    Listing.objects.update(status=Status.PUBLISHED)
    cast.hanbit.is_active = False
    cast.hanbit.save()
    with pytest.raises(NotVisible):
        express(cast, listing)
    assert not Interest.objects.exists()


def test_who_may_express_interest(cast: Cast, listing: Listing) -> None:
    def attempt(actor: User, organisation) -> None:
        actions.express_interest(
            actor=actor, organisation=organisation, listing=listing, purpose=PURPOSE, language="vi"
        )

    with pytest.raises(NotAllowed):
        attempt(cast.of(cast.vietcare, Role.VIEWER), cast.vietcare)
    with pytest.raises(NotVisible):
        attempt(cast.of(cast.zayed), cast.vietcare)
    with pytest.raises(NotVisible):
        attempt(cast.operator, cast.vietcare)
    with pytest.raises(NotAllowed):
        attempt(cast.of(cast.hanbit), cast.hanbit)
    Membership.objects.filter(user=cast.of(cast.vietcare, Role.EDITOR)).update(role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        attempt(User.objects.get(email="editor@vietcare.example"), cast.vietcare)
    assert not Interest.objects.exists()


def test_one_organisation_cannot_flood(cast: Cast, listing: Listing, make_listing: Callable) -> None:
    Interest.objects.bulk_create(
        Interest(
            listing=make_listing(cast.gulf),
            organisation=cast.vietcare,
            purpose=PURPOSE,
            language="vi",
            expires_at=timezone.now(),
        )
        for _ in range(PER_DAY)
    )
    with pytest.raises(Conflict, match="today"):
        express(cast, listing)
    Interest.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert express(cast, listing).status == InterestStatus.PENDING


def test_accept_opens_a_conversation_and_tells_the_sender(cast: Cast, interest: Interest) -> None:
    conversation = actions.accept(actor=cast.of(cast.hanbit, Role.EDITOR), interest=interest)
    interest.refresh_from_db()
    assert interest.status == InterestStatus.ACCEPTED
    assert interest.decided_by == cast.of(cast.hanbit, Role.EDITOR)
    assert Conversation.objects.get() == conversation
    notice = (
        {"title": interest.title, "organisation": "한빛의료AI"},
        f"/conversations/{conversation.public_id}/",
    )
    assert told(NotificationKind.INTEREST_ACCEPTED) == {
        "owner@vietcare.example": notice,
        "editor@vietcare.example": notice,
    }


def test_decline_keeps_the_reason(cast: Cast, interest: Interest) -> None:
    actions.decline(
        actor=cast.of(cast.hanbit),
        interest=interest,
        reason=DeclineReason.WRONG_MARKET,
        note=" 내년에 다시 이야기합시다. ",
    )
    interest.refresh_from_db()
    assert (interest.status, interest.decline_reason) == ("declined", "wrong_market")
    assert interest.decline_note == "내년에 다시 이야기합시다."
    params, _path = told(NotificationKind.INTEREST_DECLINED)["owner@vietcare.example"]
    assert params == {"title": interest.title, "organisation": "한빛의료AI"}  # never the note


@pytest.mark.parametrize(
    ("reason", "note", "field"), [("", "", "reason"), ("rude", "", "reason"), ("budget", "x" * 501, "note")]
)
def test_decline_refuses(cast: Cast, interest: Interest, reason: str, note: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        actions.decline(actor=cast.of(cast.hanbit), interest=interest, reason=reason, note=note)
    assert list(caught.value.errors) == [field]
    interest.refresh_from_db()
    assert interest.status == InterestStatus.PENDING


def test_second_decision_is_a_conflict(cast: Cast, interest: Interest) -> None:
    stale = Interest.objects.select_related("organisation", "listing__organisation").get()
    actions.decline(actor=cast.of(cast.hanbit), interest=interest, reason=DeclineReason.OTHER)
    with pytest.raises(Conflict, match="declined"):
        actions.accept(actor=cast.of(cast.hanbit, Role.EDITOR), interest=stale)
    with pytest.raises(Conflict, match="declined"):
        actions.withdraw(actor=cast.of(cast.vietcare), interest=stale)
    assert not Conversation.objects.exists()


def test_overdue_interest_cannot_be_accepted(cast: Cast, interest: Interest) -> None:
    Interest.objects.update(expires_at=timezone.now())
    with pytest.raises(Conflict, match="expired"):
        actions.accept(actor=cast.of(cast.hanbit), interest=interest)


def test_withdraw_tells_the_other_side(cast: Cast, interest: Interest) -> None:
    actions.withdraw(actor=cast.of(cast.vietcare, Role.EDITOR), interest=interest)
    interest.refresh_from_db()
    assert interest.status == InterestStatus.WITHDRAWN
    said = ({"title": interest.title, "organisation": cast.vietcare.name}, interest.path)
    assert told(NotificationKind.INTEREST_WITHDRAWN) == {
        "owner@hanbit.example": said,
        "editor@hanbit.example": said,
    }


def test_a_withdrawal_that_comes_too_late_tells_nobody(cast: Cast, interest: Interest) -> None:
    actions.accept(actor=cast.of(cast.hanbit, Role.EDITOR), interest=interest)
    with pytest.raises(Conflict):
        actions.withdraw(actor=cast.of(cast.vietcare, Role.EDITOR), interest=interest)
    assert told(NotificationKind.INTEREST_WITHDRAWN) == {}


def test_who_may_decide(cast: Cast, interest: Interest) -> None:
    for actor, error in [
        (cast.of(cast.hanbit, Role.VIEWER), NotAllowed),
        (cast.of(cast.vietcare), NotVisible),  # the sender does not answer itself
        (cast.of(cast.zayed), NotVisible),
        (cast.operator, NotVisible),
    ]:
        with pytest.raises(error):
            actions.accept(actor=actor, interest=interest)
        with pytest.raises(error):
            actions.decline(actor=actor, interest=interest, reason=DeclineReason.OTHER)
    for actor, error in [
        (cast.of(cast.vietcare, Role.VIEWER), NotAllowed),
        (cast.of(cast.hanbit), NotVisible),
        (cast.operator, NotVisible),
    ]:
        with pytest.raises(error):
            actions.withdraw(actor=actor, interest=interest)
    assert Interest.objects.get().status == InterestStatus.PENDING


def test_suspended_sender_is_not_accepted(cast: Cast, interest: Interest) -> None:
    cast.vietcare.is_active = False
    cast.vietcare.save()
    with pytest.raises(Conflict):
        actions.accept(actor=cast.of(cast.hanbit), interest=interest)
    with pytest.raises(NotVisible):
        actions.withdraw(actor=cast.of(cast.vietcare), interest=interest)


def test_expiry_tells_both_sides_once(cast: Cast, interest: Interest) -> None:
    assert actions.expire_interests() == 0
    Interest.objects.update(expires_at=timezone.now())
    expire_interests()
    assert actions.expire_interests() == 0
    interest.refresh_from_db()
    assert interest.status == InterestStatus.EXPIRED
    told_of = {address: params["organisation"] for address, (params, _) in told("interest_expired").items()}
    assert told_of == {
        "owner@hanbit.example": "Tập đoàn Y tế VietCare",
        "editor@hanbit.example": "Tập đoàn Y tế VietCare",
        "owner@vietcare.example": "한빛의료AI",
        "editor@vietcare.example": "한빛의료AI",
    }
    assert Notification.objects.filter(kind=NotificationKind.INTEREST_EXPIRED).count() == 4


def test_expiry_leaves_decided_ones_alone(cast: Cast, conversation: Conversation) -> None:
    Interest.objects.update(expires_at=timezone.now())
    assert actions.expire_interests() == 0
    assert Interest.objects.get().status == InterestStatus.ACCEPTED


def test_edited_title_of_a_hidden_listing_is_not_told(cast: Cast, interest: Interest) -> None:
    Listing.objects.update(status=Status.DRAFT, title="아직 비밀인 새 제목")
    actions.accept(actor=cast.of(cast.hanbit), interest=interest)
    params, _path = told(NotificationKind.INTEREST_ACCEPTED)["owner@vietcare.example"]
    assert params["title"] == "흉부 CT 판독 보조 인공지능"
