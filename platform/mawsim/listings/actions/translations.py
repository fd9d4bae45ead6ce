"""The translations of listings by machine and memory: titles and summaries of all, bodies where asked for."""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from mawsim.core import languages
from mawsim.core.events import emit
from mawsim.listings.actions.outbox import wake_translator
from mawsim.listings.lifecycle import TRANSLATED
from mawsim.listings.models import Field, Listing, ListingTranslation
from mawsim.listings.pieces import stored
from mawsim.listings.texts import is_stale
from mawsim.translation.changes import Change
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import State, rank
from mawsim.translation.pipeline import translate_texts
from mawsim.translation.scopes import ScopeKind, organisation
from mawsim.translation.texts import Text, Translated

log = structlog.get_logger(__name__)
EAGERLY = (Field.TITLE, Field.SUMMARY)  # what lists show
LEASE = timedelta(minutes=10)  # what a killed worker had taken is free again after this
BACK_OFF_AT_MOST = timedelta(hours=6)

_Wanted = tuple[Field, str]  # field, language
_Job = tuple[Listing, dict[_Wanted, Text]]
_Found = dict[_Wanted, Translated]


def translate_pending(limit: int = 16) -> int:
    """Translate what waits for it; returns how many listings were taken up.

    No lock is held while engines work: rows are leased, and what an engine says counts only if the
    listing has not changed meanwhile.
    """
    jobs = [(listing, _wanted(listing)) for listing in _lease(limit)]
    if not jobs:
        return 0
    try:
        _do(jobs)
    except Exception:
        log.warning("translation.batch_failed", listings=len(jobs), exc_info=True)
        for job in jobs:  # so that one bad listing does not keep the others back
            _do_alone(job)
    return len(jobs)


@transaction.atomic
def translations_changed(changes: Iterable[Change]) -> None:
    """Words of the memory or the glossary have changed: have the machines' texts with one of these
    sentences put together anew. What is unchanged in them comes from the store, not from an engine."""
    concerned = Q(pk__in=[])
    for change in changes:
        concerned |= _showing(change)
    rows = ListingTranslation.objects.filter(concerned, state=State.MACHINE)
    listings = Listing.objects.filter(pk__in=sorted(set(rows.values_list("listing_id", flat=True))))
    # A new revision, so that a worker that is at it just now does not lower the flag again.
    if listings.update(
        revision=F("revision") + 1,
        translation_pending=True,
        translation_retry_at=None,
        translation_attempts=0,
    ):
        wake_translator()


def _showing(change: Change) -> Q:
    if change.scope.kind == ScopeKind.CONVERSATION:
        return Q(pk__in=[])
    texts = Q(hashes__overlap=list(change.hashes)) | Q(source_hash__in=change.hashes)
    if change.scope.kind == ScopeKind.ORGANISATION:
        texts &= Q(listing__organisation_id=change.scope.id)
    return texts & Q(language=change.target_language, listing__source_language=change.source_language)


@transaction.atomic
def _lease(limit: int) -> list[Listing]:
    now = timezone.now()
    free = Listing.objects.filter(translation_pending=True, status__in=TRANSLATED).exclude(
        translation_retry_at__gt=now
    )
    rows = list(
        free.select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")
        .select_related("organisation")
        .prefetch_related("translations")[:limit]
    )
    Listing.objects.filter(pk__in=[row.pk for row in rows]).update(translation_retry_at=now + LEASE)
    return rows


def _wanted(listing: Listing) -> dict[_Wanted, Text]:
    """What is to be translated: not what a person has translated and the author has not changed. Bodies
    only into languages that somebody has asked for before."""
    done, bodies = set(), set()
    for row in listing.translations.all():
        if row.state != State.MACHINE and not is_stale(row, listing):
            done.add((row.field, row.language))
        elif row.field == Field.BODY and listing.body:
            bodies.add((Field.BODY, row.language))
    eager = {(field, code) for field in EAGERLY for code in languages.CODES}
    return {
        (field, code): text_of(listing, field, code)
        for field, code in sorted(eager | bodies)
        if code != listing.source_language and (field, code) not in done
    }


def text_of(listing: Listing, field: Field, language: str) -> Text:
    """A field for the pipeline. What is published is public; its author's own words may be used for it."""
    name = listing.organisation.name
    return Text(
        getattr(listing, field),
        listing.source_language,
        language,
        also=(organisation(listing.organisation_id),),
        names=(name,) if name.isascii() else (),  # a name in another script has to be transliterated
    )


def _do(jobs: list[_Job]) -> None:
    answers = iter(translate_texts([text for _listing, wanted in jobs for text in wanted.values()]))
    for listing, wanted in jobs:
        _store(listing, {key: next(answers) for key in wanted})


def _do_alone(job: _Job) -> None:
    listing, _texts = job
    try:
        _do([job])
    except Exception as error:
        log.exception("translation.failed", listing=listing.pk)
        _put_off(listing, f"{type(error).__name__}: {error}")


def _put_off(listing: Listing, reason: str) -> None:
    """Record the failure on the row, unless the listing has changed: then it is tried again anyway."""
    Listing.objects.filter(pk=listing.pk, revision=listing.revision).update(
        translation_attempts=listing.translation_attempts + 1,
        translation_error=reason[:300],
        translation_retry_at=timezone.now() + back_off(listing.translation_attempts + 1),
    )


def back_off(attempts: int) -> timedelta:
    return min(timedelta(minutes=2 ** min(attempts, 12)), BACK_OFF_AT_MOST)


@transaction.atomic
def _store(seen: Listing, found: _Found) -> None:
    row = Listing.objects.select_for_update().filter(pk=seen.pk, revision=seen.revision).first()
    if row is None:  # changed meanwhile: the mark stays raised, and the lease ends now
        Listing.objects.filter(pk=seen.pk).update(translation_retry_at=None)
        return
    _record_outcome(row, found)
    if write(row, found):
        # The translations can be searched too, so the index has to catch up.
        row.revision += 1
        row.index_pending = True
        emit("listing_changed", listing_id=row.pk)
    row.save()


def _record_outcome(row: Listing, found: _Found) -> None:
    row.translation_error = next((text.error for text in found.values() if text.error), "")[:300]
    row.translation_pending = any(text.transient for text in found.values())
    row.translation_attempts = row.translation_attempts + 1 if row.translation_pending else 0
    wait = back_off(row.translation_attempts)
    row.translation_retry_at = timezone.now() + wait if row.translation_pending else None


def write(listing: Listing, found: _Found) -> int:
    """Store what is better than what is there; the listing is locked. Returns how many texts changed.

    A text of which a part may come later is not stored yet.
    """
    there = {(row.field, row.language): row for row in listing.translations.all()}
    rows = [
        _row(listing, key, text)
        for key, text in found.items()
        if text.started and not text.transient and _is_better(text, there.get(key), listing)
    ]
    ListingTranslation.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["listing", "field", "language"],
        update_fields=[
            "text",
            "state",
            "engine",
            "glossary_version",
            "source_hash",
            "reviewer",
            "complete",
            "pieces",
            "hashes",
            "updated_at",
        ],
    )
    return len(rows)


def _is_better(text: Translated, there: ListingTranslation | None, listing: Listing) -> bool:
    if there is None:
        return True
    new, old = (rank(text.state) if text.complete else rank(State.MACHINE)), rank(there.state)
    if new != old:
        return new > old
    if there.text == text.text and not is_stale(there, listing):
        return False
    return there.state == State.MACHINE or is_stale(there, listing)


def _row(listing: Listing, key: _Wanted, text: Translated) -> ListingTranslation:
    field, language = key
    return ListingTranslation(
        listing=listing,
        field=field,
        language=language,
        text=text.text,
        state=text.state if text.complete else State.MACHINE,
        engine=text.engine,
        glossary_version=text.glossary_version,
        source_hash=source_hash(getattr(listing, field)),
        complete=text.complete,
        pieces=stored(text.pieces),
        hashes=[piece.hash for piece in text.pieces],
    )
