"""Who belongs to an organisation: invitations, roles, leaving. An organisation always keeps an owner."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mawsim.accounts import invitations, queries, rules
from mawsim.accounts.actions.checks import check
from mawsim.accounts.actions.notifications import notify, wake_mailer
from mawsim.accounts.models import Invitation, Membership, NotificationKind, Organisation, Role, User
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, TooMany

INVITATION_LIFE = timedelta(days=14)
PENDING_MAX = 20
PER_DAY = 40  # of one organisation, revoked ones included: each is a mail to somebody who did not ask for it


def _lock(organisation: Organisation) -> None:
    """One change of the members at a time: two owners must not remove each other at once."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)


@transaction.atomic
def invite(*, actor: User, organisation: Organisation, email: str, role: Role, language: str) -> Invitation:
    """Invite an address, as an owner; the mail is in `language` (or the user's own, if there is one)."""
    _lock(organisation)
    rules.require(actor, organisation, Role.OWNER)
    email = email.strip().lower()
    if organisation.memberships.filter(user__email__iexact=email).exists():
        raise InvalidInput({"email": _("This person is a member already.")})
    _make_room(organisation, email)
    invitation = Invitation(
        organisation=organisation,
        email=email,
        role=role,
        language=language,
        invited_by=actor,
        expires_at=timezone.now() + INVITATION_LIFE,
    )
    check(invitation)
    _tell(invitation)
    return invitation


def _make_room(organisation: Organisation, email: str) -> None:
    pending = organisation.invitations.filter(accepted_at=None, revoked_at=None)
    pending.filter(expires_at__lte=timezone.now()).update(revoked_at=timezone.now())
    if pending.filter(email__iexact=email).exists():
        raise InvalidInput({"email": _("This address is invited already.")})
    if pending.count() >= PENDING_MAX:
        raise Conflict(_("There are too many open invitations. Revoke some of them first."))
    day = timedelta(days=1)
    if organisation.invitations.filter(created_at__gt=timezone.now() - day).count() >= PER_DAY:
        raise TooMany(retry_after=int(day.total_seconds()))


def _tell(invitation: Invitation) -> None:
    """A notice to a known user, in that person's language; a mail of its own to everybody else."""
    user = queries.user_of_address(invitation.email)
    invitation.mail_pending = user is None
    invitation.save()
    if user is None:
        wake_mailer()
        return
    params = {"organisation": invitation.organisation.name, "inviter": str(invitation.invited_by)}
    path = reverse("web:invitation_accept", args=[invitations.token_of(invitation)])
    notify(users=[user], kind=NotificationKind.INVITED, params=params, path=path)


@transaction.atomic
def revoke_invitation(*, actor: User, invitation: Invitation) -> None:
    rules.require(actor, invitation.organisation, Role.OWNER)
    still_open = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not still_open.update(revoked_at=timezone.now(), mail_pending=False):
        raise Conflict(_("This invitation is no longer open."))


@transaction.atomic
def accept_invitation(*, actor: User, token: str) -> Organisation:
    """Join, with a verified address only: `NotAllowed` for another one's invitation."""
    invitation = invitations.invitation_of(token, lock=True)
    if invitation.email.lower() not in queries.verified_addresses(actor):
        raise NotAllowed
    membership, created = Membership.objects.get_or_create(
        organisation=invitation.organisation, user=actor, defaults={"role": invitation.role}
    )
    if not created and not rules.at_least(Role(membership.role), Role(invitation.role)):
        membership.role = invitation.role
        membership.save(update_fields=["role", "updated_at"])
    invitation.accepted_at, invitation.mail_pending = timezone.now(), False
    invitation.save(update_fields=["accepted_at", "mail_pending", "updated_at"])
    return invitation.organisation


@transaction.atomic
def change_role(*, actor: User, membership: Membership, role: Role) -> None:
    """Give a member another role, as an owner."""
    _lock(membership.organisation)
    rules.require(actor, membership.organisation, Role.OWNER)
    if role != Role.OWNER:
        _keep_an_owner(membership)
        _revoke_invitations_by(membership)
    Membership.objects.filter(pk=membership.pk).update(role=role, updated_at=timezone.now())
    membership.role = role


@transaction.atomic
def remove_member(*, actor: User, membership: Membership) -> None:
    """End a membership: an owner anybody's, everybody their own."""
    _lock(membership.organisation)
    leaving = membership.user_id == actor.pk
    rules.require(actor, membership.organisation, Role.VIEWER if leaving else Role.OWNER)
    _keep_an_owner(membership)
    _revoke_invitations_by(membership)
    membership.delete()


def _keep_an_owner(leaving: Membership) -> None:
    others = Membership.objects.filter(
        Q(organisation=leaving.organisation_id, role=Role.OWNER, user__is_active=True), ~Q(pk=leaving.pk)
    )
    if not others.exists():
        raise Conflict(_("An organisation needs an owner. Make another member an owner first."))


def _revoke_invitations_by(membership: Membership) -> None:
    """Who no longer owns the organisation must not let others in, nor themselves again."""
    Invitation.objects.filter(
        organisation=membership.organisation_id,
        invited_by=membership.user_id,
        accepted_at=None,
        revoked_at=None,
    ).update(revoked_at=timezone.now(), mail_pending=False)
