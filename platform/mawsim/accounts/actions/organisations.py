"""Organisations: founded by anybody who has signed up, kept by their editors, suspended by operators."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mawsim.accounts import rules
from mawsim.accounts.actions.checks import assign, check
from mawsim.accounts.models import Membership, Organisation, Role, TradeFlag, User
from mawsim.core.errors import Conflict, NotAllowed
from mawsim.core.events import emit

_OWNED_MAX = 10  # organisations that one person may own
_FIELDS = frozenset(
    {"kind", "name", "names", "country", "city", "website", "size", "sectors", "about", "language"}
)


@transaction.atomic
def create_organisation(*, actor: User, **fields: Any) -> Organisation:
    """Found an organisation; its founder owns it. Fields as in the model; `InvalidInput` names bad ones."""
    if not actor.is_active:
        raise NotAllowed
    User.objects.select_for_update().get(pk=actor.pk)  # one at a time, or the limit would not hold
    if Membership.objects.filter(user=actor, role=Role.OWNER).count() >= _OWNED_MAX:
        raise Conflict(_("You have reached the largest number of organisations that one person may own."))
    organisation = Organisation()
    assign(organisation, fields, _FIELDS)
    check(organisation)
    organisation.save()
    Membership.objects.create(organisation=organisation, user=actor, role=Role.OWNER)
    return organisation


@transaction.atomic
def update_organisation(*, actor: User, organisation: Organisation, **fields: Any) -> Organisation:
    """Change the profile, as an editor or owner."""
    rules.require(actor, organisation, Role.EDITOR)
    assign(organisation, fields, _FIELDS)
    check(organisation)
    organisation.save(update_fields=[*fields, "updated_at"])
    emit("organisation_changed", organisation_id=organisation.pk)
    return organisation


@transaction.atomic
def set_organisation_active(*, actor: User, organisation: Organisation, active: bool) -> None:
    """Suspend or restore an organisation, as an operator: while suspended, nothing of it shows."""
    rules.require_operator(actor, organisation)
    changed = (
        Organisation.objects.filter(pk=organisation.pk).exclude(is_active=active).update(is_active=active)
    )
    organisation.is_active = active
    if changed:
        emit("organisation_changed", organisation_id=organisation.pk)


@transaction.atomic
def set_trade_flag(*, actor: User, organisation: Organisation, flag: TradeFlag) -> None:
    """Mark an organisation as sensitive or sanctioned, as an operator, or take the mark away."""
    rules.require_operator(actor, organisation)
    Organisation.objects.filter(pk=organisation.pk).update(flag=flag)
    organisation.flag = flag
