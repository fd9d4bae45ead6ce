import threading
from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.db import connection
from django.utils import timezone

from mawsim.accounts import actions
from mawsim.accounts.invitations import invitation_of, token_of
from mawsim.accounts.models import Invitation, Membership, Notification, Organisation, Role
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, NotVisible, TooMany
from tests.conftest import Cast
from tests.mawsim.accounts.people import person


def invite(cast: Cast, email: str = "minji@new.example", role: Role = Role.EDITOR) -> Invitation:
    return actions.invite(
        actor=cast.of(cast.hanbit), organisation=cast.hanbit, email=email, role=role, language="ko"
    )


def membership(organisation: Organisation, role: Role) -> Membership:
    return Membership.objects.get(organisation=organisation, role=role)


def test_an_invitation_lasts_fourteen_days_and_waits_for_its_mail(cast: Cast) -> None:
    before = timezone.now()
    invitation = invite(cast, " Minji@New.example ")
    invitation.refresh_from_db()
    assert invitation.email == "minji@new.example"
    assert before + timedelta(days=14) <= invitation.expires_at <= timezone.now() + timedelta(days=14)
    assert invitation.mail_pending


def test_a_known_person_gets_a_notice_instead_of_the_mail(cast: Cast) -> None:
    minji = person("minji@new.example")
    invitation = invite(cast)
    assert not invitation.mail_pending
    notification = Notification.objects.get()
    assert notification.user == minji
    assert notification.path == f"/invitations/{token_of(invitation)}/"
    assert notification.params == {"organisation": "한빛의료AI", "inviter": "hanbit owner"}


def test_only_owners_invite(cast: Cast) -> None:
    wanted = {"organisation": cast.hanbit, "email": "a@b.example", "role": Role.VIEWER, "language": "en"}
    with pytest.raises(NotAllowed):
        actions.invite(actor=cast.of(cast.hanbit, Role.EDITOR), **wanted)
    with pytest.raises(NotVisible):
        actions.invite(actor=cast.of(cast.zayed), **wanted)
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a@b.example\nBcc: c@d.example", "editor@HANBIT.example"]
)
def test_bad_addresses_and_members_are_refused(cast: Cast, email: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        invite(cast, email)
    assert list(raised.value.errors) == ["email"]
    assert Invitation.objects.count() == 0


def test_an_address_is_invited_once_until_it_expires(cast: Cast) -> None:
    first = invite(cast)
    with pytest.raises(InvalidInput):
        invite(cast, "MINJI@new.example")
    Invitation.objects.filter(pk=first.pk).update(expires_at=timezone.now())
    second = invite(cast)
    assert second.pk != first.pk
    with pytest.raises(NotVisible):
        invitation_of(token_of(first))


def test_twenty_open_invitations_at_most(cast: Cast) -> None:
    for number in range(20):
        invite(cast, f"p{number}@new.example")
    with pytest.raises(Conflict):
        invite(cast)
    actions.revoke_invitation(actor=cast.of(cast.hanbit), invitation=Invitation.objects.first())
    assert invite(cast).email == "minji@new.example"


def test_accepting_works_once(cast: Cast) -> None:
    minji, token = person("minji@new.example"), token_of(invite(cast))
    assert actions.accept_invitation(actor=minji, token=token) == cast.hanbit
    assert Membership.objects.get(user=minji).role == Role.EDITOR
    with pytest.raises(NotVisible):
        actions.accept_invitation(actor=minji, token=token)


def test_only_the_invited_confirmed_address_accepts(cast: Cast) -> None:
    token = token_of(invite(cast))
    for stranger in (person("other@new.example"), person("minji@new.example", verified=False)):
        with pytest.raises(NotAllowed):
            actions.accept_invitation(actor=stranger, token=token)
        assert not Membership.objects.filter(user=stranger).exists()


def test_dead_tokens_are_all_alike(cast: Cast) -> None:
    minji, invitation = person("minji@new.example"), invite(cast)
    token = token_of(invitation)
    forged = f"{invitation.public_id}.{'A' * 43}"
    other_salt = Signer(sep=".", salt="other").sign(invitation.public_id)
    for dead in (forged, other_salt, invitation.public_id, "", "x.y", token[:-1]):
        with pytest.raises(NotVisible):
            actions.accept_invitation(actor=minji, token=dead)
    for change in (
        {"expires_at": timezone.now()},
        {"revoked_at": timezone.now()},
        {"accepted_at": timezone.now()},
    ):
        kept = Invitation.objects.filter(pk=invitation.pk)
        before = kept.values(*change).get()
        kept.update(**change)
        with pytest.raises(NotVisible):
            actions.accept_invitation(actor=minji, token=token)
        kept.update(**before)
    Organisation.objects.update(is_active=False)
    with pytest.raises(NotVisible):
        actions.accept_invitation(actor=minji, token=token)


def test_accepting_raises_a_role_and_never_lowers_it(cast: Cast) -> None:
    minji = person("minji@new.example")
    for held, invited, kept in ((Role.VIEWER, Role.EDITOR, "editor"), (Role.OWNER, Role.VIEWER, "owner")):
        token = token_of(invite(cast, role=invited))
        Membership.objects.update_or_create(organisation=cast.hanbit, user=minji, defaults={"role": held})
        actions.accept_invitation(actor=minji, token=token)
        assert Membership.objects.get(user=minji).role == kept
        Membership.objects.filter(user=minji).delete()


def test_revoking_is_for_owners_and_once(cast: Cast) -> None:
    invitation = invite(cast)
    with pytest.raises(NotAllowed):
        actions.revoke_invitation(actor=cast.of(cast.hanbit, Role.EDITOR), invitation=invitation)
    actions.revoke_invitation(actor=cast.of(cast.hanbit), invitation=invitation)
    invitation.refresh_from_db()
    assert not invitation.mail_pending
    with pytest.raises(Conflict):
        actions.revoke_invitation(actor=cast.of(cast.hanbit), invitation=invitation)


def test_owners_change_roles(cast: Cast) -> None:
    viewer = membership(cast.hanbit, Role.VIEWER)
    with pytest.raises(NotAllowed):
        actions.change_role(actor=cast.of(cast.hanbit, Role.EDITOR), membership=viewer, role=Role.OWNER)
    actions.change_role(actor=cast.of(cast.hanbit), membership=viewer, role=Role.OWNER)
    assert Membership.objects.get(pk=viewer.pk).role == Role.OWNER


def test_the_last_owner_stays(cast: Cast) -> None:
    owner = membership(cast.hanbit, Role.OWNER)
    with pytest.raises(Conflict):
        actions.change_role(actor=owner.user, membership=owner, role=Role.VIEWER)
    with pytest.raises(Conflict):
        actions.remove_member(actor=owner.user, membership=owner)
    assert Membership.objects.get(pk=owner.pk).role == Role.OWNER


def test_an_owner_with_a_closed_account_does_not_count(cast: Cast) -> None:
    owner, editor = membership(cast.hanbit, Role.OWNER), membership(cast.hanbit, Role.EDITOR)
    actions.change_role(actor=owner.user, membership=editor, role=Role.OWNER)
    editor.user.is_active = False
    editor.user.save()
    with pytest.raises(Conflict):
        actions.remove_member(actor=owner.user, membership=owner)


def test_everybody_may_leave_and_owners_remove(cast: Cast) -> None:
    editor, viewer = membership(cast.hanbit, Role.EDITOR), membership(cast.hanbit, Role.VIEWER)
    with pytest.raises(NotAllowed):
        actions.remove_member(actor=editor.user, membership=viewer)
    actions.remove_member(actor=viewer.user, membership=viewer)
    actions.remove_member(actor=cast.of(cast.hanbit), membership=editor)
    assert [row.role for row in cast.hanbit.memberships.all()] == ["owner"]


def test_who_is_removed_cannot_come_back_by_an_own_invitation(cast: Cast) -> None:
    owner, editor = membership(cast.hanbit, Role.OWNER), membership(cast.hanbit, Role.EDITOR)
    actions.change_role(actor=owner.user, membership=editor, role=Role.OWNER)
    backdoor = actions.invite(
        actor=editor.user, organisation=cast.hanbit, email="minji@new.example", role=Role.OWNER, language="en"
    )
    actions.change_role(actor=owner.user, membership=editor, role=Role.VIEWER)
    with pytest.raises(NotVisible):
        actions.accept_invitation(actor=person("minji@new.example"), token=token_of(backdoor))


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one(cast: Cast) -> None:
    first, second = membership(cast.hanbit, Role.OWNER), membership(cast.hanbit, Role.EDITOR)
    actions.change_role(actor=first.user, membership=second, role=Role.OWNER)
    start, outcomes = threading.Barrier(2), []

    def remove(actor: Membership, target: Membership) -> None:
        try:
            start.wait()
            actions.remove_member(actor=actor.user, membership=target)
            outcomes.append("removed")
        except (NotVisible, Conflict) as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["NotVisible", "removed"]
    assert Membership.objects.filter(organisation=cast.hanbit, role=Role.OWNER).count() == 1


def test_revoking_makes_no_room_for_endless_mails(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mawsim.accounts.actions.members.PER_DAY", 2)
    for _ in range(2):
        actions.revoke_invitation(actor=cast.of(cast.hanbit), invitation=invite(cast))
    with pytest.raises(TooMany):
        invite(cast)
    Invitation.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert invite(cast).revoked_at is None
