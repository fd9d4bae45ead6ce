from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from mawsim.accounts import queries
from mawsim.accounts.models import Invitation, Membership, Notification, NotificationKind, Role
from tests.conftest import Cast
from tests.mawsim.accounts.people import person


def test_organisations_in_the_order_of_joining_and_once_each(cast: Cast) -> None:
    owner = cast.of(cast.zayed)
    Membership.objects.create(organisation=cast.hanbit, user=owner, role=Role.VIEWER)
    assert list(queries.organisations_of(owner)) == [cast.zayed, cast.hanbit]
    assert list(queries.organisations_of(AnonymousUser())) == []


def test_suspended_organisations_vanish(cast: Cast) -> None:
    cast.hanbit.is_active = False
    cast.hanbit.save()
    assert list(queries.organisations_of(cast.of(cast.hanbit))) == []


def test_members_with_owners_first(cast: Cast) -> None:
    assert [row.role for row in queries.members(cast.hanbit)] == ["owner", "editor", "viewer"]


def test_correspondents_are_active_owners_and_editors(cast: Cast) -> None:
    assert [user.email for user in queries.correspondents(cast.hanbit)] == [
        "owner@hanbit.example",
        "editor@hanbit.example",
    ]
    editor = cast.of(cast.hanbit, Role.EDITOR)
    editor.is_active = False
    editor.save()
    assert [user.email for user in queries.correspondents(cast.hanbit)] == ["owner@hanbit.example"]


def test_reviewers_are_active_operators_who_do_not_belong_to_it(cast: Cast) -> None:
    insider = cast.of(cast.hanbit)
    insider.is_staff = True
    insider.save()
    assert list(queries.reviewers(cast.hanbit)) == [cast.operator]
    assert list(queries.reviewers(cast.zayed)) == [insider, cast.operator]


def test_waiting_invitations_are_open_and_to_a_confirmed_address(cast: Cast) -> None:
    minji, soon = person("minji@hanbit.example"), timezone.now() + timedelta(days=1)
    person("sujin@hanbit.example", verified=False)

    def invited(email: str, **fields: object) -> Invitation:
        values = {"expires_at": soon, "invited_by": cast.of(cast.zayed)} | fields
        return Invitation.objects.create(organisation=cast.zayed, email=email, **values)

    invited("minji@hanbit.example", revoked_at=timezone.now())
    invited("minji@hanbit.example", accepted_at=timezone.now())
    assert list(queries.waiting_invitations(minji)) == []
    waiting = invited("Minji@Hanbit.example")
    assert list(queries.waiting_invitations(minji)) == [waiting]
    waiting.expires_at = timezone.now()
    waiting.save()
    assert list(queries.waiting_invitations(minji)) == []


def test_an_unconfirmed_address_finds_nobody(cast: Cast) -> None:
    minji = person("minji@hanbit.example")
    person("sujin@hanbit.example", verified=False)
    assert queries.user_of_address("MINJI@hanbit.example") == minji
    assert queries.user_of_address("sujin@hanbit.example") is None


def test_unread_count(cast: Cast) -> None:
    owner = cast.of(cast.hanbit)
    for read_at in (None, None, timezone.now()):
        Notification.objects.create(
            user=owner,
            kind=NotificationKind.LISTING_EXPIRED,
            params={"title": "x"},
            path="/",
            read_at=read_at,
        )
    assert queries.unread_count(owner) == 2
    assert queries.unread_count(cast.operator) == 0
    assert queries.unread_count(AnonymousUser()) == 0
