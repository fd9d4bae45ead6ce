"""The steps of a listing's life (`listings.lifecycle`), and the switch for interest."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import NotificationKind, User
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed
from mawsim.core.text import HIDDEN_CHARACTERS, has_hidden_characters, tidy
from mawsim.listings import rules
from mawsim.listings.actions.outbox import locked, record, tell_authors, tell_reviewers
from mawsim.listings.content import missing_for_review
from mawsim.listings.lifecycle import TRANSITIONS, By, Step
from mawsim.listings.models import Event, Listing, Status

NOTE_LENGTH = 1000
_TOO_LATE = _("The listing is no longer in a state that allows this. Please look at it as it is now.")


@transaction.atomic
def submit(*, actor: User, listing: Listing) -> Listing:
    """Send a draft, or one with requested changes, to the review."""
    row = _ready(actor, listing, Step.SUBMIT)
    missing = missing_for_review({"sectors": row.sectors})
    if missing:
        raise InvalidInput(missing)
    row.submitted_at = timezone.now()
    row.review_note = ""
    _moved(actor, row, Step.SUBMIT)
    tell_reviewers(row)
    return row


@transaction.atomic
def withdraw(*, actor: User, listing: Listing) -> Listing:
    """Take a listing back from the review."""
    return _moved(actor, _ready(actor, listing, Step.WITHDRAW), Step.WITHDRAW)


@transaction.atomic
def publish(*, actor: User, listing: Listing, seen_version: int | None = None) -> Listing:
    """A second person has read it: it is public from now on, for the lifetime of a listing."""
    row = _ready(actor, listing, Step.PUBLISH, seen_version)
    row.published_at = row.published_at or timezone.now()
    row.review_note = ""
    row.recheck_since = None
    row.held_by_operator = False
    _live_from_now(row)
    _moved(actor, row, Step.PUBLISH)
    tell_authors(row, NotificationKind.LISTING_PUBLISHED, title=row.title)
    return row


@transaction.atomic
def reject(*, actor: User, listing: Listing, note: str, seen_version: int | None = None) -> Listing:
    """Ask for changes, and say which. A published listing is public no longer."""
    note = _note(note)
    row = _ready(actor, listing, Step.REJECT, seen_version)
    row.review_note = note
    row.recheck_since = None
    _moved(actor, row, Step.REJECT, note)
    tell_authors(row, NotificationKind.LISTING_REJECTED, title=row.title, note=note)
    return row


@transaction.atomic
def approve_edit(*, actor: User, listing: Listing, seen_version: int | None = None) -> Listing:
    """A second person has read what was changed after publication."""
    row = locked(listing, seen_version=seen_version)
    rules.require(actor, row, rules.Permission.REVIEW)
    if row.status != Status.PUBLISHED or row.recheck_since is None:
        raise Conflict(_TOO_LATE)
    row.recheck_since = None
    record(row, actor=actor, event=Event.RECHECKED)
    return row


@transaction.atomic
def hold(*, actor: User, listing: Listing) -> Listing:
    """Take it out of sight for a while. What an operator holds, only an operator resumes."""
    row = _ready(actor, listing, Step.HOLD)
    row.held_by_operator = not rules.can_edit(actor, row)
    return _moved(actor, row, Step.HOLD)


@transaction.atomic
def resume(*, actor: User, listing: Listing) -> Listing:
    row = _ready(actor, listing, Step.RESUME)
    if row.held_by_operator and not rules.can_review(actor, row):
        raise NotAllowed
    row.held_by_operator = False
    return _moved(actor, row, Step.RESUME)


@transaction.atomic
def renew(*, actor: User, listing: Listing) -> Listing:
    """Another lifetime from now on; an expired listing is public again."""
    row = _ready(actor, listing, Step.RENEW)
    if row.held_by_operator:
        raise NotAllowed
    _live_from_now(row)
    return _moved(actor, row, Step.RENEW)


@transaction.atomic
def archive(*, actor: User, listing: Listing) -> Listing:
    row = _ready(actor, listing, Step.ARCHIVE)
    row.recheck_since = None
    return _moved(actor, row, Step.ARCHIVE)


@transaction.atomic
def restore(*, actor: User, listing: Listing) -> Listing:
    """Back to a draft, which passes the review again."""
    return _moved(actor, _ready(actor, listing, Step.RESTORE), Step.RESTORE)


@transaction.atomic
def set_open(*, actor: User, listing: Listing, is_open: bool) -> Listing:
    """Whether others may express interest; apart from the status."""
    row = locked(listing)
    rules.require(actor, row, rules.Permission.EDIT)
    if row.open_for_interest != is_open:
        row.open_for_interest = is_open
        record(row, actor=actor, event=Event.OPENED if is_open else Event.CLOSED)
    return row


def _ready(actor: User, listing: Listing, step: Step, seen_version: int | None = None) -> Listing:
    """The locked listing, if the actor may take the step and its status allows it."""
    row = locked(listing, seen_version=seen_version)
    _permit(actor, row, TRANSITIONS[step].by)
    if row.status not in TRANSITIONS[step].sources:
        raise Conflict(_TOO_LATE)
    return row


def _permit(actor: User, row: Listing, by: By) -> None:
    if by == By.EDITOR:
        rules.require(actor, row, rules.Permission.EDIT)
    elif by == By.OPERATOR:
        rules.require(actor, row, rules.Permission.REVIEW)
    elif by != By.EITHER or not (rules.can_edit(actor, row) or rules.can_review(actor, row)):
        raise NotAllowed


def _moved(actor: User, row: Listing, step: Step, note: str = "") -> Listing:
    transition = TRANSITIONS[step]
    row.status = transition.target
    record(row, actor=actor, event=transition.event, note=note)
    return row


def _live_from_now(row: Listing) -> None:
    row.expires_at = timezone.now() + timedelta(days=settings.LISTING_LIFETIME_DAYS)
    row.expiry_notice_at = None


def _note(note: str) -> str:
    text = tidy(note)
    if not text:
        raise InvalidInput({"note": _("Say what should be changed.")})
    if len(text) > NOTE_LENGTH:
        message = _("This text is too long: %(length)s characters; %(limit)s are allowed.")
        raise InvalidInput({"note": message % {"length": len(text), "limit": NOTE_LENGTH}})
    if has_hidden_characters(text, multiline=True):
        raise InvalidInput({"note": HIDDEN_CHARACTERS})
    return text
