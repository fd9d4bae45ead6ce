"""The life of an expression of interest: expressed, then accepted, declined, withdrawn or expired."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mawsim.accounts import rules as accounts
from mawsim.accounts.models import NotificationKind, Organisation, Role, User
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed
from mawsim.deals import rules, texts
from mawsim.deals.actions.translations import want_for_members
from mawsim.deals.models import Conversation, DeclineReason, Interest, InterestStatus, ReadMark
from mawsim.deals.notices import tell
from mawsim.deals.queries import pending_for
from mawsim.listings.models import Listing
from mawsim.listings.rules import EXPRESS_INTEREST, get_listing
from mawsim.matches import feedback

PER_DAY = 50  # interests that one organisation may express: attention is what the receivers give
log = structlog.get_logger(__name__)


@transaction.atomic
def express_interest(
    *,
    actor: User,
    organisation: Organisation,
    listing: Listing,
    purpose: str,
    language: str,
    submission_token: UUID | None = None,
) -> Interest:
    """Say, as an editor or owner, what another organisation's public listing is wanted for.

    `Conflict` where the listing is closed for interest or the organisation has an open interest in it.
    The same form sent twice expresses it once.
    """
    accounts.require(actor, organisation, Role.EDITOR)
    listing = get_listing(actor, listing.public_id, EXPRESS_INTEREST)
    if listing.organisation_id == organisation.pk:
        raise NotAllowed
    purpose = texts.clean_purpose(purpose, language)
    interest = Interest(
        listing=listing,
        organisation=organisation,
        author=actor,
        title=listing.title,
        title_language=listing.source_language,
        purpose=purpose,
        language=language,
        expires_at=timezone.now() + timedelta(days=settings.INTEREST_LIFETIME_DAYS),
        submission_token=submission_token,
    )
    if twin := _make_room(interest) or _insert(interest):
        return twin
    want_for_members(interest)
    kind = NotificationKind.INTEREST_RECEIVED
    tell(kind, interest, to=listing.organisation, about=organisation, path=interest.path)
    _tell_load(listing.organisation)
    return interest


def _make_room(interest: Interest) -> Interest | None:
    """`Conflict` where another open interest is in the way; returns it where this same form made it."""
    own = Interest.objects.filter(organisation=interest.organisation)
    here = own.filter(listing=interest.listing)
    for overdue in here.filter(status=InterestStatus.PENDING, expires_at__lte=timezone.now()):
        _expire(overdue)
    if in_the_way := here.filter(status__in=[InterestStatus.PENDING, InterestStatus.ACCEPTED]).first():
        if _same_form(in_the_way, interest):
            return in_the_way
        raise Conflict(_already(in_the_way.status))
    if own.filter(created_at__gt=timezone.now() - timedelta(days=1)).count() >= PER_DAY:
        message = _("Your organisation has expressed interest very often today. Please continue tomorrow.")
        raise Conflict(message)
    return None


def _same_form(first: Interest, second: Interest) -> bool:
    """Other words with a used token are a new try, not to be swallowed."""
    if first.submission_token is None or first.submission_token != second.submission_token:
        return False
    return (first.author_id, first.listing_id, first.purpose) == (
        second.author_id,
        second.listing_id,
        second.purpose,
    )


def _already(status: str) -> str:
    if status == InterestStatus.ACCEPTED:
        return _("Your interest in this listing was accepted already. Go on in the conversation.")
    return _("Your organisation has expressed interest in this listing already. It waits for an answer.")


def _insert(interest: Interest) -> Interest | None:
    """The constraints decide between two who write at once; returns what a twin of this form has saved."""
    try:
        with transaction.atomic():
            interest.save()
    except IntegrityError as error:
        twin = Interest.objects.filter(submission_token=interest.submission_token).first()
        if twin is None or not _same_form(twin, interest):
            raise Conflict(_already(InterestStatus.PENDING)) from error
        return twin
    return None


@transaction.atomic
def accept(*, actor: User, interest: Interest) -> Conversation:
    """Accept, as an editor or owner of the listing's organisation, and open the conversation."""
    sender, receiver = rules.sides(interest)
    rules.require_seat(actor, interest, receiver)
    rules.require_active(sender)
    _decide(actor, interest, InterestStatus.ACCEPTED)
    _teach(interest)
    conversation = Conversation.objects.create(interest=interest)
    tell(NotificationKind.INTEREST_ACCEPTED, interest, to=sender, about=receiver, path=conversation.path)
    return conversation


@transaction.atomic
def decline(*, actor: User, interest: Interest, reason: str, note: str = "") -> None:
    """Decline, as an editor or owner of the listing's organisation, with one of the coded reasons."""
    sender, receiver = rules.sides(interest)
    rules.require_seat(actor, interest, receiver)
    if reason not in DeclineReason.values:
        raise InvalidInput({"reason": _("Choose a reason from the list.")})
    note = texts.clean_note(note)
    _decide(actor, interest, InterestStatus.DECLINED, decline_reason=reason, decline_note=note)
    _teach(interest)
    tell(NotificationKind.INTEREST_DECLINED, interest, to=sender, about=receiver, path=interest.path)


@transaction.atomic
def withdraw(*, actor: User, interest: Interest) -> None:
    """Take back an interest that nobody has answered, as an editor or owner of its organisation."""
    sender, receiver = rules.sides(interest)
    rules.require_seat(actor, interest, sender)
    _decide(actor, interest, InterestStatus.WITHDRAWN)
    if sender.is_active:  # what a suspended one has sent does not show to the receiver
        tell(NotificationKind.INTEREST_WITHDRAWN, interest, to=receiver, about=sender, path=interest.path)


def _decide(actor: User, interest: Interest, status: InterestStatus, **fields: str) -> None:
    """End the waiting, once: `Conflict` for the second of two members who decide at the same time."""
    now = timezone.now()
    waiting = Interest.objects.filter(pk=interest.pk, status=InterestStatus.PENDING, expires_at__gt=now)
    if not waiting.update(status=status, decided_by=actor, decided_at=now, updated_at=now, **fields):
        raise Conflict(_no_longer_open(interest))
    interest.refresh_from_db()
    ReadMark.objects.update_or_create(interest=interest, user=actor, defaults={"status": status})
    _tell_load(interest.listing.organisation)


def _teach(interest: Interest) -> None:
    """Suggestions and consortia learn from the answer; its note stays here."""
    sender, receiver = rules.sides(interest)
    feedback.record_answer(
        decider=receiver,
        other=sender,
        listing=interest.listing,
        reason=interest.decline_reason,
        reference=interest.pk,
    )


def _tell_load(receiver: Organisation) -> None:
    """Who has many interests to answer is suggested less."""
    feedback.record_load(organisation=receiver, open_interests=pending_for(receiver).count())


def _no_longer_open(interest: Interest) -> str:
    interest.refresh_from_db(fields=["status"])
    return {
        InterestStatus.ACCEPTED: _("This interest has been accepted meanwhile."),
        InterestStatus.DECLINED: _("This interest has been declined meanwhile."),
        InterestStatus.WITHDRAWN: _("This interest has been withdrawn meanwhile."),
    }.get(InterestStatus(interest.status), _("This interest has expired meanwhile."))


def expire_interests() -> int:
    """End what has waited too long, each in a transaction of its own; returns how many."""
    overdue = Interest.objects.filter(status=InterestStatus.PENDING, expires_at__lte=timezone.now())
    expired = 0
    for interest in overdue.select_related("organisation", "listing__organisation").order_by("expires_at"):
        try:
            expired += _expire(interest)
        except Exception:  # one that fails must not keep the others waiting; the next sweep tries again
            log.exception("deals.expire_failed", interest=interest.pk)
    return expired


@transaction.atomic
def _expire(interest: Interest) -> bool:
    """Claim the row, then tell both sides; False where somebody was faster."""
    if not _claim_overdue(interest, timezone.now()):
        return False
    sender, receiver = rules.sides(interest)
    kind = NotificationKind.INTEREST_EXPIRED
    tell(kind, interest, to=sender, about=receiver, path=interest.path)
    if sender.is_active:
        tell(kind, interest, to=receiver, about=sender, path=interest.path)
    _tell_load(receiver)
    return True


def _claim_overdue(interest: Interest, now: datetime) -> bool:
    waiting = Interest.objects.filter(pk=interest.pk, status=InterestStatus.PENDING, expires_at__lte=now)
    return bool(waiting.update(status=InterestStatus.EXPIRED, decided_at=now, updated_at=now))
