"""Telling people about new listings that answer their saved searches."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from mawsim.accounts.actions import notify
from mawsim.accounts.models import NotificationKind
from mawsim.listings import queries as listings
from mawsim.matches.filters import Filters
from mawsim.matches.models import SavedSearch
from mawsim.matches.search import Ranking, newest, rank

TOP = 30  # a new listing that ranks lower answers the search too badly to disturb anybody
_LONGEST_WAIT = timedelta(hours=1)


def alert_saved_searches() -> int:
    """Tell the owner of each saved search about what is new in it; returns how many were told.

    Each search is claimed and marked in one transaction with its notice, so nobody is told twice.
    """
    horizon = indexed_until()
    due = SavedSearch.objects.filter(notify=True, checked_at__lt=horizon, user__is_active=True)
    return sum(_alert(pk, horizon) for pk in due.order_by("checked_at").values_list("pk", flat=True))


def indexed_until() -> datetime:
    """Up to when all public listings are in the index. One that cannot be indexed is waited for an hour."""
    now = timezone.now()
    waiting = listings.public().filter(index_pending=True, published_at__gt=now - _LONGEST_WAIT)
    oldest = waiting.aggregate(oldest=Min("published_at"))["oldest"]
    return min(now, oldest - timedelta(microseconds=1)) if oldest else now


@transaction.atomic
def _alert(pk: int, horizon: datetime) -> bool:
    rows = SavedSearch.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    saved = rows.filter(pk=pk, notify=True, checked_at__lt=horizon).first()
    if saved is None:
        return False
    ranking = _ranked(saved)
    if ranking.degraded:
        return False  # the next run, with the whole index, tells more
    count = _new(saved, [number for number, _score in ranking.hits[:TOP]], horizon)
    SavedSearch.objects.filter(pk=pk).update(checked_at=horizon)
    if count:
        notify(
            users=[saved.user],
            kind=NotificationKind.SAVED_SEARCH_HITS,
            params={"name": saved.name, "count": count},
            path=f"/search/saved/{saved.public_id}/",  # the search itself may be longer than a path may be
        )
    return bool(count)


def _ranked(saved: SavedSearch) -> Ranking:
    filters, _unknown = Filters.parse(saved.filters)
    return rank(saved.query, filters, wait=True) if saved.query else newest(filters, None)


def _new(saved: SavedSearch, ids: list[int], horizon: datetime) -> int:
    """How many of the listings came since the last look and are not the user's own."""
    fresh = listings.public().filter(pk__in=ids, published_at__gt=saved.checked_at, published_at__lte=horizon)
    return fresh.exclude(organisation__memberships__user=saved.user).count()
