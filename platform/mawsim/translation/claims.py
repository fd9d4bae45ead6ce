"""Who translates a sentence: the first to claim it. The others wait for the result."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mawsim.translation.models import SegmentStatus, SegmentTranslation
from mawsim.translation.scopes import Scope

LEASE = timedelta(minutes=5)  # longer than a call with all its tries; what a dead worker held is free then


@dataclass(frozen=True, slots=True)
class Key:
    """What makes two translations of a sentence the same work (the table's unique key)."""

    hash: str
    source: str
    target: str
    engine: str
    terms: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Work:
    key: Key
    text: str
    glossary_version: int = 0


def look(keys: Iterable[Key]) -> dict[Key, SegmentTranslation]:
    """The rows that there are. One query."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = SegmentTranslation.objects.filter(
        source_hash__in={key.hash for key in wanted},
        target_language__in={key.target for key in wanted},
        engine__in={key.engine for key in wanted},
    )
    found = {key_of(row): row for row in rows}
    return {key: row for key, row in found.items() if key in wanted}


def claim(work: Sequence[Work]) -> tuple[uuid.UUID, set[Key]]:
    """(our token, the keys that are ours to translate now). What others have claimed or done is not.

    To be called outside transactions: others see a claim when it is committed.
    """
    token, now = uuid.uuid4(), timezone.now()
    until = now + LEASE
    # In one order everywhere: two who insert the same keys must not wait for each other.
    rows = [_row(part, token, until) for part in sorted(work, key=lambda part: _order(part.key))]
    SegmentTranslation.objects.bulk_create(rows, ignore_conflicts=True)
    left = SegmentTranslation.objects.filter(
        status=SegmentStatus.CLAIMED,
        claimed_until__lt=now,
        source_hash__in={part.key.hash for part in work},
        engine__in={part.key.engine for part in work},
    )
    left.update(claim=token, claimed_until=until)
    wanted = {part.key for part in work}
    ours = {key_of(row): row.pk for row in SegmentTranslation.objects.filter(claim=token)}
    if foreign := [pk for key, pk in ours.items() if key not in wanted]:
        # Left over by a dead worker under one of our hashes, but not what we were asked for.
        SegmentTranslation.objects.filter(pk__in=foreign, claim=token).update(claimed_until=now)
    return token, set(ours) & wanted


def finish(token: uuid.UUID, results: Mapping[Key, tuple[str, float, Sequence[str]]]) -> None:
    """{key: (translation, score, codes of problems)} of claimed keys; an empty translation has failed.

    A claim that has been taken over meanwhile is left alone.
    """
    changed = ["status", "target_text", "score", "problems", "claim", "claimed_until", "updated_at"]
    with transaction.atomic():
        mine = SegmentTranslation.objects.select_for_update().filter(claim=token).order_by("pk")
        rows = [row for row in mine if key_of(row) in results]
        for row in rows:
            text, score, problems = results[key_of(row)]
            row.status = SegmentStatus.DONE if text else SegmentStatus.FAILED
            row.target_text, row.score, row.problems = text, score, list(problems)
            row.claim = row.claimed_until = None
            row.updated_at = timezone.now()
        SegmentTranslation.objects.bulk_update(rows, changed, batch_size=200)


def release(token: uuid.UUID, keys: Iterable[Key] | None = None) -> None:
    """Give up what is still claimed, all or these: somebody else may try."""
    rows = SegmentTranslation.objects.filter(claim=token, status=SegmentStatus.CLAIMED)
    if keys is not None:
        wanted = set(keys)
        rows = rows.filter(pk__in=[row.pk for row in rows if key_of(row) in wanted])
    rows.delete()


def prolong(token: uuid.UUID) -> None:
    """We are still at it."""
    SegmentTranslation.objects.filter(claim=token, status=SegmentStatus.CLAIMED).update(
        claimed_until=timezone.now() + LEASE
    )


def is_free(row: SegmentTranslation | None) -> bool:
    """Whether nobody works at it and nothing has come of it."""
    return row is None or bool(
        row.status == SegmentStatus.CLAIMED and row.claimed_until and row.claimed_until < timezone.now()
    )


def clear(before_days: int = 365) -> int:
    """Take out what failed or was left long ago; returns how many rows."""
    old = timezone.now() - timedelta(days=before_days)
    rows = SegmentTranslation.objects.filter(~Q(status=SegmentStatus.DONE), updated_at__lt=old)
    return rows.delete()[0]


def key_of(row: SegmentTranslation) -> Key:
    return Key(
        row.source_hash, row.source_language, row.target_language, row.engine, row.terms, row.belongs_to
    )


def _order(key: Key) -> tuple[str, ...]:
    return key.hash, key.source, key.target, key.engine, key.terms, key.scope.kind, str(key.scope.id)


def _row(part: Work, token: uuid.UUID, until: datetime) -> SegmentTranslation:
    key = part.key
    return SegmentTranslation(
        source_hash=key.hash,
        source_language=key.source,
        target_language=key.target,
        engine=key.engine,
        terms=key.terms,
        scope=key.scope.kind,
        scope_id=key.scope.id,
        claim=token,
        claimed_until=until,
        source_text=part.text,
        glossary_version=part.glossary_version,
    )
