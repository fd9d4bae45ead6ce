"""How far the description of a listing is in a reader's language."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from mawsim.core import languages
from mawsim.listings.lifecycle import TRANSLATED
from mawsim.listings.models import BodyRequest, Field, Listing
from mawsim.listings.texts import ShownText, is_stale
from mawsim.translation.hashing import source_hash

ASK_AGAIN = timedelta(days=1)  # what could not be translated: engines come and learn


@dataclass(frozen=True, slots=True)
class BodyState:
    """`is_moving`: a worker is or will be at it. `is_late`: an engine has failed, it is tried again later."""

    can_be_asked: bool = False
    is_moving: bool = False
    is_late: bool = False
    done: int = 0
    total: int = 0


def body_state(listing: Listing, shown: ShownText, language: str) -> BodyState:
    """`shown` is the body as the reader of `language` sees it now. One query at most."""
    if (shown.translated and not shown.stale) or not _may_be_asked(listing, language):
        return BodyState()
    request = listing.body_requests.filter(language=language).first()
    if request is None or is_outdated(request, listing):
        return BodyState(can_be_asked=True)
    late = request.attempts > 0
    moving = request.pending and not late
    return BodyState(False, moving, request.pending and late, request.done, request.total)


def is_missing(listing: Listing, language: str) -> bool:
    """Whether there is a body, and neither the author nor a translation says it in the language."""
    if not _may_be_asked(listing, language):
        return False
    row = listing.translations.filter(field=Field.BODY, language=language).first()
    return row is None or is_stale(row, listing)


def _may_be_asked(listing: Listing, language: str) -> bool:
    if language == listing.source_language or language not in languages.BY_CODE:
        return False
    return bool(listing.body) and listing.status in TRANSLATED


def is_outdated(request: BodyRequest, listing: Listing) -> bool:
    """Whether the request is for a former body, or ended in nothing long ago."""
    if request.source_hash != source_hash(listing.body):
        return True
    return not request.pending and request.updated_at < timezone.now() - ASK_AGAIN
