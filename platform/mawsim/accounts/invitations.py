"""The signed token of an invitation: a guess is refused before any row is looked up."""

from django.core.signing import BadSignature, Signer
from django.utils import timezone

from mawsim.accounts.models import Invitation
from mawsim.core.errors import NotVisible

_signer = Signer(sep=".", salt="mawsim.invitation")


def token_of(invitation: Invitation) -> str:
    return _signer.sign(invitation.public_id)


def invitation_of(token: str, *, lock: bool = False) -> Invitation:
    """The open invitation; `NotVisible` alike for a forged, used, revoked or expired token."""
    try:
        public_id = _signer.unsign(token)
    except BadSignature as error:
        raise NotVisible from error
    rows = Invitation.objects.select_related("organisation", "invited_by")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(
        public_id=public_id,
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=timezone.now(),
        organisation__is_active=True,
    ).first()
    if found is None:
        raise NotVisible
    return found
