"""Limits on what an engine may cost: characters per day and month, calls per minute."""

import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Sum

from mawsim.translation.engines.base import Refused
from mawsim.translation.models import EngineUsage


def reserve(name: str, characters: int, segments: int) -> None:
    """Count a call before it is made, as providers bill it; Refused, and nothing is counted, above a cap."""
    _within_the_minute(name)
    now = datetime.now(UTC)
    EngineUsage.objects.bulk_create([EngineUsage(engine=name, day=now.date())], ignore_conflicts=True)
    with transaction.atomic():
        # The day's row is the lock of all who reserve, so that the sums are right.
        row = EngineUsage.objects.select_for_update().get(engine=name, day=now.date())
        _check(name, row.characters + characters, settings.TRANSLATION_CHARS_PER_DAY, _until_tomorrow(now))
        if name in settings.TRANSLATION_CHARS_PER_MONTH:
            month = EngineUsage.objects.filter(engine=name, day__gte=now.date().replace(day=1))
            used = month.aggregate(total=Sum("characters"))["total"] or 0
            _check(name, used + characters, settings.TRANSLATION_CHARS_PER_MONTH, _until_next_month(now))
        EngineUsage.objects.filter(pk=row.pk).update(
            characters=F("characters") + characters, segments=F("segments") + segments, calls=F("calls") + 1
        )


def record(name: str, *, failures: int = 0, rejected: int = 0, milliseconds: int = 0) -> None:
    """What came of it."""
    EngineUsage.objects.filter(engine=name, day=datetime.now(UTC).date()).update(
        failures=F("failures") + failures,
        rejected=F("rejected") + rejected,
        milliseconds=F("milliseconds") + milliseconds,
    )


def _check(name: str, characters: int, caps: dict[str, int], retry_after: float) -> None:
    if name in caps and characters > caps[name]:
        raise Refused(f"{name}: the cap of {caps[name]} characters is reached", retry_after=retry_after)


def _within_the_minute(name: str) -> None:
    limit = settings.TRANSLATION_CALLS_PER_MINUTE.get(name)
    if limit is None:
        return
    now = time.time()
    key = f"translation:calls:{name}:{int(now // 60)}"
    cache.add(key, 0, timeout=120)
    try:
        calls = cache.incr(key)
    except ValueError:
        return
    if calls > limit:
        raise Refused(f"{name}: {limit} calls a minute are reached", retry_after=60 - now % 60)


def _until_tomorrow(now: datetime) -> float:
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (tomorrow - now).total_seconds()


def _until_next_month(now: datetime) -> float:
    first = (now.replace(day=1) + timedelta(days=32)).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return (first - now).total_seconds()
