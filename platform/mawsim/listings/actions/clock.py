"""What happens to listings as time goes by."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mawsim.accounts.models import NotificationKind
from mawsim.listings import queries
from mawsim.listings.actions.outbox import record, tell_authors
from mawsim.listings.lifecycle import TRANSITIONS, Step
from mawsim.listings.models import Listing

BATCH = 500


def expire_due(now: datetime | None = None, limit: int = BATCH) -> tuple[int, int]:
    """End what has reached its end, and announce the ends that are near; each listing once.

    Returns (listings ended, listings announced). Safe to run twice and at the same time.
    """
    now = now or timezone.now()
    ended = [pk for pk in _ids(queries.due_to_expire(now), limit) if _expire(pk, now)]
    announced = [pk for pk in _ids(queries.due_for_notice(now), limit) if _announce(pk, now)]
    return len(ended), len(announced)


def _ids(rows: QuerySet[Listing], limit: int) -> list[int]:
    return list(rows.order_by("expires_at").values_list("pk", flat=True)[:limit])


def _claimed(rows: QuerySet[Listing], pk: int) -> Listing | None:
    """The row, locked, if it is still due and nobody else is at it."""
    free = rows.select_for_update(skip_locked=True, of=("self",))
    return free.select_related("organisation").filter(pk=pk).first()


@transaction.atomic
def _expire(pk: int, now: datetime) -> bool:
    row = _claimed(queries.due_to_expire(now), pk)
    if row is None:
        return False
    transition = TRANSITIONS[Step.EXPIRE]
    row.status = transition.target
    record(row, actor=None, event=transition.event)
    tell_authors(row, NotificationKind.LISTING_EXPIRED, title=row.title)
    return True


@transaction.atomic
def _announce(pk: int, now: datetime) -> bool:
    row = _claimed(queries.due_for_notice(now), pk)
    if row is None or row.expires_at is None:
        return False
    row.expiry_notice_at = now
    row.save(update_fields=["expiry_notice_at"])
    tell_authors(
        row, NotificationKind.LISTING_EXPIRING, title=row.title, date=row.expires_at.date().isoformat()
    )
    return True
