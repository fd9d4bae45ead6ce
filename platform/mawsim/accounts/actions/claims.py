"""Claims: an organisation declares, an operator who does not belong to it checks."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mawsim.accounts import rules
from mawsim.accounts.actions.checks import assign, check
from mawsim.accounts.models import Claim, ClaimState, Organisation, Role, User
from mawsim.core.errors import Conflict, InvalidInput
from mawsim.core.events import emit

CLAIMS_MAX = 30
CHECKABLE = (
    ClaimState.SELF_DECLARED,
    ClaimState.DOCUMENT_CHECKED,
    ClaimState.REGISTRY_CHECKED,
    ClaimState.REVOKED,
)
_FIELDS = frozenset({"title", "issuer", "scope", "evidence_url", "expires_on"})


@transaction.atomic
def declare_claim(*, actor: User, organisation: Organisation, **fields: Any) -> Claim:
    """Declare a certificate or registry entry, as an editor or owner; it starts as self-declared."""
    rules.require(actor, organisation, Role.EDITOR)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if organisation.claims.count() >= CLAIMS_MAX:
        raise Conflict(_("There are too many entries already. Withdraw one first."))
    claim = Claim(organisation=organisation)
    assign(claim, fields, _FIELDS)
    check(claim)
    _check_date(claim.expires_on)
    claim.save()
    emit("organisation_changed", organisation_id=organisation.pk)
    return claim


def _check_date(expires_on: date | None) -> None:
    if expires_on and expires_on < timezone.now().date():
        raise InvalidInput({"expires_on": _("This date has passed.")})


@transaction.atomic
def withdraw_claim(*, actor: User, claim: Claim) -> None:
    """Take a claim back. A revoked one stays: what an operator found must not be hidden."""
    rules.require(actor, claim.organisation, Role.EDITOR)
    if not Claim.objects.filter(pk=claim.pk).exclude(state=ClaimState.REVOKED).delete()[0]:
        raise Conflict(_("This entry was revoked by the operator and stays visible."))
    emit("organisation_changed", organisation_id=claim.organisation_id)


@transaction.atomic
def check_claim(*, actor: User, claim: Claim, state: ClaimState) -> Claim:
    """Record what an operator found. Expiry is not a finding: it follows from the date."""
    rules.require_operator(actor, claim.organisation)
    if state not in CHECKABLE:
        raise InvalidInput({"state": _("Choose one of the states.")})
    claim.state, claim.checked_by, claim.checked_at = state, actor, timezone.now()
    claim.save(update_fields=["state", "checked_by", "checked_at", "updated_at"])
    emit("organisation_changed", organisation_id=claim.organisation_id)
    return claim
