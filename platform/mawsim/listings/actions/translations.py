"""The translations of listings: what the engines know, and what people say."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import User
from mawsim.core import languages
from mawsim.core.errors import InvalidInput
from mawsim.core.events import emit
from mawsim.core.language_check import Verdict, check
from mawsim.core.text import has_hidden_characters
from mawsim.listings import rules
from mawsim.listings.actions.outbox import locked, record
from mawsim.listings.content import clean_text, wrong_script
from mawsim.listings.lifecycle import REVIEWED, TRANSLATED
from mawsim.listings.models import Event, Field, Listing, ListingTranslation
from mawsim.listings.texts import is_stale
from mawsim.translation.actions import Unit, remember
from mawsim.translation.engines.base import Candidate, EngineError, Segment
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import State, rank
from mawsim.translation.queries import translate

log = structlog.get_logger(__name__)
FIELDS = (Field.TITLE, Field.SUMMARY)  # what lists show; a body is translated by people
LEASE = timedelta(minutes=10)  # what a killed worker had taken is free again after this
BACK_OFF_AT_MOST = timedelta(hours=6)

_Wanted = tuple[Field, str]  # field, language
_Job = tuple[Listing, dict[_Wanted, Segment]]


def translate_pending(limit: int = 64) -> int:
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
def _lease(limit: int) -> list[Listing]:
    now = timezone.now()
    free = Listing.objects.filter(translation_pending=True, status__in=TRANSLATED).exclude(
        translation_retry_at__gt=now
    )
    rows = list(
        free.select_for_update(skip_locked=True).order_by("pk").prefetch_related("translations")[:limit]
    )
    Listing.objects.filter(pk__in=[row.pk for row in rows]).update(translation_retry_at=now + LEASE)
    return rows


def _wanted(listing: Listing) -> dict[_Wanted, Segment]:
    """What the engines are asked: not for what a person has translated and the author has not changed."""
    done = {
        (row.field, row.language)
        for row in listing.translations.all()
        if row.state != State.MACHINE and not is_stale(row, listing)
    }
    return {
        (field, code): Segment(
            getattr(listing, field), listing.source_language, code, listing.organisation_id
        )
        for field in FIELDS
        for code in languages.CODES
        if code != listing.source_language and (field, code) not in done
    }


def _do(jobs: list[_Job]) -> None:
    answers = iter(translate([segment for _listing, wanted in jobs for segment in wanted.values()]))
    for listing, wanted in jobs:
        found = {key: answer for key in wanted if (answer := next(answers)) is not None}
        _store(listing, found)


def _do_alone(job: _Job) -> None:
    listing, _segments = job
    try:
        _do([job])
    except EngineError as error:
        _put_off(listing, str(error), permanent=error.permanent)
    except Exception as error:
        log.exception("translation.failed", listing=listing.pk)
        _put_off(listing, f"{type(error).__name__}: {error}", permanent=False)


def _put_off(listing: Listing, reason: str, *, permanent: bool) -> None:
    """Record the outcome on the row, unless the listing has changed: then it is tried again anyway."""
    attempts = listing.translation_attempts + 1
    wait = min(timedelta(minutes=2 ** min(attempts, 12)), BACK_OFF_AT_MOST)
    Listing.objects.filter(pk=listing.pk, revision=listing.revision).update(
        translation_pending=not permanent,
        translation_attempts=attempts,
        translation_error=reason[:300],
        translation_retry_at=timezone.now() + wait,
    )


@transaction.atomic
def _store(seen: Listing, found: dict[_Wanted, Candidate]) -> None:
    row = Listing.objects.select_for_update().filter(pk=seen.pk, revision=seen.revision).first()
    if row is None:  # changed meanwhile: the mark stays raised, and the lease ends now
        Listing.objects.filter(pk=seen.pk).update(translation_retry_at=None)
        return
    row.translation_pending, row.translation_retry_at = False, None
    row.translation_attempts, row.translation_error = 0, ""
    if _write(row, found):
        # The translations can be searched too, so the index has to catch up.
        row.revision += 1
        row.index_pending = True
        emit("listing_changed", listing_id=row.pk)
    row.save()


def _write(listing: Listing, found: dict[_Wanted, Candidate]) -> int:
    """Store what is better than what is there; the listing is locked. Returns how many texts changed."""
    stored = {(row.field, row.language): row for row in listing.translations.all()}
    rows = [
        _row(listing, key, candidate)
        for key, candidate in found.items()
        if _is_sound(candidate.text) and _is_better(candidate, stored.get(key), listing)
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
            "updated_at",
        ],
    )
    return len(rows)


def _is_sound(text: str) -> bool:
    return bool(text.strip()) and not has_hidden_characters(text, multiline=True)


def _is_better(candidate: Candidate, stored: ListingTranslation | None, listing: Listing) -> bool:
    if stored is None:
        return True
    new, old = rank(candidate.state), rank(stored.state)
    if new != old:
        return new > old
    if stored.text == candidate.text and not is_stale(stored, listing):
        return False
    return stored.state == State.MACHINE or is_stale(stored, listing)


def _row(listing: Listing, key: _Wanted, candidate: Candidate) -> ListingTranslation:
    field, language = key
    return ListingTranslation(
        listing=listing,
        field=field,
        language=language,
        text=candidate.text,
        state=candidate.state,
        engine=candidate.engine,
        glossary_version=candidate.glossary_version,
        source_hash=source_hash(getattr(listing, field)),
    )


@transaction.atomic
def set_translation(*, actor: User, listing: Listing, field: Field, language: str, text: str) -> Listing:
    """The author's own words in another language; nothing but another of their own replaces them.

    Of a listing that is public they are read by a second person afterwards, like any other words.
    Errors are at "text" or "language".
    """
    row = locked(listing)
    rules.require(actor, row, rules.Permission.EDIT)
    text = _approved_text(row, field, language, text)
    if row.status in REVIEWED:
        row.recheck_since = row.recheck_since or timezone.now()
    ListingTranslation.objects.update_or_create(
        listing=row,
        field=field,
        language=language,
        defaults={
            "text": text,
            "state": State.OWNER_APPROVED,
            "engine": "",
            "source_hash": source_hash(getattr(row, field)),
            "reviewer": actor,
        },
    )
    remember([_unit(row, field, language, text, actor)])
    record(row, actor=actor, event=Event.TRANSLATED, note=f"{language} {field}")
    return row


def _approved_text(row: Listing, field: Field, language: str, text: str) -> str:
    if language not in languages.BY_CODE or language == row.source_language:
        raise InvalidInput({"language": _("This choice is not in the list.")})
    try:
        cleaned = clean_text(field, text)
    except InvalidInput as error:
        raise InvalidInput({"text": error.errors[field]}) from error
    if not cleaned or not getattr(row, field):
        raise InvalidInput({"text": _("This field must not be empty.")})
    if check(cleaned, language, is_name=field == Field.TITLE).verdict == Verdict.WRONG:
        raise InvalidInput({"text": wrong_script(language)})
    return cleaned


def _unit(row: Listing, field: Field, language: str, text: str, actor: User) -> Unit:
    """An author vouches for the own organisation only: in everybody's memory, anybody could put words into
    the mouths of all who happen to write the same sentence."""
    return Unit(
        getattr(row, field),
        text,
        row.source_language,
        language,
        State.OWNER_APPROVED,
        reviewer=actor,
        organisation_id=row.organisation_id,
    )
