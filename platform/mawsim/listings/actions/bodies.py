"""The body of a listing is translated when somebody opens it in a language, and then kept."""

import structlog
from django.db import transaction
from django.utils import timezone

from mawsim.core.events import emit
from mawsim.listings.actions.translations import LEASE, back_off, text_of, write
from mawsim.listings.bodies import is_missing, is_outdated
from mawsim.listings.lifecycle import TRANSLATED
from mawsim.listings.models import BodyRequest, Field, Listing
from mawsim.translation.hashing import source_hash
from mawsim.translation.pipeline import translate_texts
from mawsim.translation.texts import Translated

log = structlog.get_logger(__name__)


@transaction.atomic
def want_body(*, listing: Listing, language: str) -> BodyRequest | None:
    """Ask for the body in a language; None where it is there already or will not be translated.

    Asking again is free. What could not be translated is tried again when its author has changed it, or
    a day later.
    """
    if not is_missing(listing, language):
        return None
    key = source_hash(listing.body)
    request, made = BodyRequest.objects.get_or_create(
        listing=listing, language=language, defaults={"source_hash": key}
    )
    if is_outdated(request, listing):
        request.source_hash, request.pending, request.retry_at = key, True, None
        request.done = request.total = request.attempts = 0
        request.error = ""
        request.save()
        made = True
    if made:
        transaction.on_commit(_wake, robust=True)
    return request


def _wake() -> None:
    from mawsim.listings.tasks import translate_bodies

    translate_bodies.apply_async(retry=False)


def translate_bodies(limit: int = 4) -> int:
    """Translate bodies that were asked for, the oldest first; returns how many were taken up."""
    requests = _lease(limit)
    for request in requests:
        try:
            _do(request)
        except Exception as error:
            log.exception("translation.body_failed", listing=request.listing_id)
            _put_off(request, f"{type(error).__name__}: {error}")
    return len(requests)


@transaction.atomic
def _lease(limit: int) -> list[BodyRequest]:
    now = timezone.now()
    free = BodyRequest.objects.filter(pending=True).exclude(retry_at__gt=now)
    rows = list(
        free.select_for_update(skip_locked=True, of=("self",))
        .select_related("listing__organisation")
        .order_by("pk")[:limit]
    )
    BodyRequest.objects.filter(pk__in=[row.pk for row in rows]).update(retry_at=now + LEASE)
    return rows


def _do(request: BodyRequest) -> None:
    listing = request.listing
    if listing.status not in TRANSLATED or source_hash(listing.body) != request.source_hash:
        BodyRequest.objects.filter(pk=request.pk, source_hash=request.source_hash).delete()
        return

    def tell(done: int, total: int) -> None:
        BodyRequest.objects.filter(pk=request.pk).update(done=done, total=total)

    text = translate_texts([text_of(listing, Field.BODY, request.language)], progress=tell)[0]
    if text.transient:
        _put_off(request, text.error)
    else:
        _store(request, text)


@transaction.atomic
def _store(request: BodyRequest, text: Translated) -> None:
    row = Listing.objects.select_for_update().get(pk=request.listing_id)
    if source_hash(row.body) != request.source_hash:  # edited meanwhile: the next reader asks again
        return
    if write(row, {(Field.BODY, request.language): text}):
        row.revision += 1
        row.index_pending = True
        emit("listing_changed", listing_id=row.pk)
        row.save()
    BodyRequest.objects.filter(pk=request.pk, source_hash=request.source_hash).update(
        pending=False, error=text.error[:300], updated_at=timezone.now()
    )


def _put_off(request: BodyRequest, reason: str) -> None:
    attempts = request.attempts + 1
    BodyRequest.objects.filter(pk=request.pk, source_hash=request.source_hash).update(
        attempts=attempts, error=reason[:300], retry_at=timezone.now() + back_off(attempts)
    )
