"""The lists from which suggestions are read: kept fresh within seconds, and computed anew every night.

A listing that was indexed is marked. Soon after, its own list is computed, and it is entered into the lists
of those that it fits; the nightly pass heals what this misses (a list does not know whom it has pushed out,
for instance). So a page of suggestions needs no search among all listings, however many there are.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from django.db import connection, transaction
from django.utils import timezone

from mawsim.listings.models import Listing
from mawsim.matches import pairs, reader, weighing
from mawsim.matches.models import Feedback, SuggestionList, SuggestionPass, Verdict

log = structlog.get_logger(__name__)
KEPT = 24  # others in a list
LOOKED_AT = 60  # nearest ones that are judged for it
OWN_ROOM = 20  # among the nearest may be the organisation's own, which do not count
BATCH = 50
NIGHT_HOUR = 18  # UTC: 3 in the morning in Seoul, 9 in the evening in Riyadh
SLICE = 240.0  # seconds of a pass in one task, well below CELERY_TASK_TIME_LIMIT
_LOCK = 7_305_211  # of pg_advisory locks: one updater at a time

Scored = list[tuple[int, float]]  # others with their scores, best first


# --- Reading ---------------------------------------------------------------------------------------
def stored(ids: Sequence[int], model: str) -> dict[int, list[int]]:
    """{listing: others, best first} for those whose list is up to date for the model."""
    rows = SuggestionList.objects.filter(listing__in=ids, model=model, pending=False)
    return dict(rows.values_list("listing", "others"))


# --- Fresh within seconds --------------------------------------------------------------------------
def mark(ids: Sequence[int]) -> None:
    """Have the lists of these listings computed; part of the transaction that changes what they rest on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO matches_suggestionlist AS l (listing_id, model, others, scores, pending, marks)"
            " SELECT id, '', '{}', '{}', true, 0 FROM unnest(%s::bigint[]) id ORDER BY id"
            " ON CONFLICT (listing_id) DO UPDATE SET pending = true, marks = l.marks + 1",
            [list(ids)],
        )


def update_pending(limit: int = 5_000) -> int:
    """Compute the marked lists, newest first; returns how many. Safe to run twice and at once."""
    done = 0
    while done < limit and (updated := _update_batch()):
        done += updated
    return done


@transaction.atomic
def _update_batch() -> int:
    """One batch. Rows are locked only to be written, all in one order, so that nobody waits in a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    marks = dict(
        SuggestionList.objects.filter(pending=True)
        .order_by("-listing")
        .values_list("listing", "marks")[:BATCH]
    )
    serving = reader.look_now() if marks else None
    if serving is None:
        return 0
    batch = list(Listing.objects.filter(pk__in=marks).select_related("organisation"))
    found = compute(batch, serving)
    shown = set(pairs.open_listings().filter(pk__in=found).values_list("pk", flat=True))
    news: dict[int, Scored] = {}
    for pk in shown:
        for other, score in found[pk]:
            news.setdefault(other, []).append((pk, score))
    touched = SuggestionList.objects.filter(listing__in={*marks, *news}).order_by("listing")
    for row in touched.select_for_update():
        entries = found.get(row.listing_id)
        if entries is None:
            entries = (
                list(zip(row.others, row.scores, strict=True)) if row.model == serving.model.name else []
            )
        elif row.marks == marks[row.listing_id]:
            row.pending = False
        _write(row, _merged(entries, news.get(row.listing_id, ())), serving.model.name)
        row.save()
    return len(marks)


def _merged(entries: Scored, news: Sequence[tuple[int, float]]) -> Scored:
    best = dict(entries) | dict(news)
    return sorted(best.items(), key=lambda entry: (-entry[1], entry[0]))[:KEPT]


def _write(row: SuggestionList, entries: Scored, model: str) -> None:
    row.others, row.scores = [pk for pk, _ in entries], [score for _, score in entries]
    row.model, row.computed_at = model, timezone.now()


def compute(batch: Sequence[Listing], serving: reader.Serving) -> dict[int, Scored]:
    """{listing: what fits it}, by meaning first and then by every factor; organisations must be loaded."""
    vectors = pairs.vectors_of(serving.model.name, [listing.pk for listing in batch])
    asked = [(listing.pk, listing.kind) for listing in batch]
    near = pairs.nearest(serving, vectors, asked, LOOKED_AT + OWN_ROOM)
    wanted = {pk for ids in near.values() for pk in ids}
    theirs = pairs.open_listings().filter(pk__in=wanted).select_related("organisation")
    facts = {one.pk: pairs.facts_of(one) for one in theirs.only(*pairs.FACT_FIELDS)}
    vectors |= pairs.vectors_of(serving.model.name, [pk for pk in facts if pk not in vectors])
    dismissed, weights = _dismissed(batch), weighing.active()
    found: dict[int, Scored] = {}
    for listing in batch:
        own = pairs.facts_of(listing)
        others = [
            facts[pk]
            for pk in near.get(listing.pk, ())
            if pk in facts
            and facts[pk].kind != listing.kind
            and facts[pk].organisation != listing.organisation_id
            and (listing.organisation_id, pk) not in dismissed
        ]
        entries = [(one.id, pairs.scored(own, one, vectors, weights).score) for one in others[:LOOKED_AT]]
        found[listing.pk] = _merged([entry for entry in entries if entry[1] >= pairs.FLOOR], ())
    return found


def _dismissed(batch: Sequence[Listing]) -> set[tuple[int, int]]:
    rows = Feedback.objects.filter(
        organisation__in={listing.organisation_id for listing in batch}, verdict=Verdict.DISMISSED
    )
    return set(rows.values_list("organisation", "listing"))


# --- Every night -----------------------------------------------------------------------------------
def refresh(seconds: float = SLICE, *, force: bool = False) -> SuggestionPass | None:
    """Start the nightly pass if it is due (or `force`), or go on with it; returns the pass, or None.

    It stops after `seconds`; the next call goes on where it stopped, also after a crash.
    """
    serving = reader.serving()
    if serving is None:
        return None
    current = SuggestionPass.objects.first()
    if current is None or current.finished_at:
        if not (force or _is_due(current, serving.model.name)):
            return None
        current = SuggestionPass.objects.create(model=serving.model.name)
    until = time.monotonic() + seconds
    while time.monotonic() < until and _pass_batch(current.pk, serving):
        pass
    current.refresh_from_db()
    return current


def _is_due(last: SuggestionPass | None, model: str) -> bool:
    if last is None or last.model != model:
        return True
    now = timezone.now()
    night = datetime(now.year, now.month, now.day, NIGHT_HOUR, tzinfo=UTC)
    return last.started_at < (night if night <= now else night - timedelta(days=1))


@transaction.atomic
def _pass_batch(number: int, serving: reader.Serving) -> bool:
    """The next listings of the pass; False when it is done, or somebody else is at it."""
    rows = SuggestionPass.objects.select_for_update(skip_locked=True)
    current = rows.filter(pk=number, finished_at=None).first()
    if current is None:
        return False
    batch = list(
        Listing.objects.filter(pk__gt=current.last_listing, status__in=pairs.MATCHABLE)
        .select_related("organisation")
        .order_by("pk")[:BATCH]
    )
    if batch:
        _store(compute(batch, serving), serving.model.name)
        current.last_listing, current.done = batch[-1].pk, current.done + len(batch)
    else:
        current.finished_at = timezone.now()
        log.info("suggestions.pass_finished", listings=current.done)
    current.save()
    return bool(batch)


def _store(found: Mapping[int, Scored], model: str) -> None:
    rows = []
    for pk in sorted(found):
        row = SuggestionList(listing_id=pk, pending=False)
        _write(row, found[pk], model)
        rows.append(row)
    # Not `pending`: what was marked meanwhile is still to be done.
    SuggestionList.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["listing"],
        update_fields=["others", "scores", "model", "computed_at"],
    )
