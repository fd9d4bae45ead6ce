"""Messages and purposes in their readers' languages: asked for, translated by the workers, kept."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mawsim.accounts.models import User
from mawsim.core.languages import BY_CODE
from mawsim.deals.models import DealTranslation, Interest, Message
from mawsim.deals.translations import scope_of
from mawsim.listings.pieces import stored
from mawsim.translation.changes import Change
from mawsim.translation.models import State
from mawsim.translation.pipeline import translate_texts
from mawsim.translation.scopes import ScopeKind
from mawsim.translation.texts import Text, Translated

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=10)  # what a killed worker had taken is free again after this
BACK_OFF_AT_MOST = timedelta(hours=6)
# Engines come and go: what nobody could translate is asked again every day for a month.
TRY_AGAIN, GIVE_UP = timedelta(days=1), timedelta(days=30)


def want_for_members(interest: Interest, message: Message | None = None) -> None:
    """Ask for a new text in the languages of all who will read it. Part of the caller's transaction."""
    sides = [interest.organisation_id, interest.listing.organisation_id]
    readers = User.objects.filter(is_active=True, memberships__organisation__in=sides)
    source = message.language if message else interest.language
    for language in sorted(set(readers.values_list("language", flat=True)) - {source}):
        _ask(interest.pk, [message.pk if message else None], language)


@transaction.atomic
def want_translations(*, interest: Interest, messages: Sequence[Message | None], language: str) -> None:
    """Ask for texts of a deal in a language; None stands for the purpose. Asking again is free."""
    if messages and language in BY_CODE:
        _ask(interest.pk, [message.pk if message else None for message in messages], language)


def _ask(interest_id: int, keys: Sequence[int | None], language: str) -> None:
    rows = [DealTranslation(interest_id=interest_id, message_id=key, language=language) for key in keys]
    DealTranslation.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    from mawsim.deals.tasks import translate_pending

    translate_pending.apply_async(retry=False)


def translate_pending(limit: int = 16) -> int:
    """Translate what was asked for, the newest first (somebody waits); returns how many were taken up."""
    rows = _lease(limit)
    if not rows:
        return 0
    try:
        _do(rows)
    except Exception:
        log.warning("deals.translation_batch_failed", rows=len(rows), exc_info=True)
        for row in rows:  # so that one bad text does not keep the others back
            _do_alone(row)
    return len(rows)


@transaction.atomic
def translations_changed(changes: Iterable[Change]) -> None:
    """Have the machines' texts with one of these sentences put together anew."""
    concerned = Q(pk__in=[])
    for change in changes:
        texts = Q(hashes__overlap=list(change.hashes), language=change.target_language)
        if change.scope.kind == ScopeKind.CONVERSATION:
            concerned |= texts & Q(interest_id=change.scope.id)
        elif change.scope.is_public:
            concerned |= texts
    rows = DealTranslation.objects.filter(concerned, Q(state=State.MACHINE) | Q(state=""))
    if rows.update(pending=True, retry_at=None, attempts=0, updated_at=timezone.now()):
        transaction.on_commit(_wake, robust=True)


@transaction.atomic
def _lease(limit: int) -> list[DealTranslation]:
    now = timezone.now()
    again = Q(pending=False, text="", updated_at__lt=now - TRY_AGAIN, created_at__gt=now - GIVE_UP)
    rows = list(
        DealTranslation.objects.filter(Q(pending=True) | again)
        .exclude(retry_at__gt=now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("message", "interest__organisation", "interest__listing__organisation")
        .order_by("-pk")[:limit]
    )
    DealTranslation.objects.filter(pk__in=[row.pk for row in rows]).update(retry_at=now + LEASE)
    return rows


def _do(rows: Sequence[DealTranslation]) -> None:
    answers = translate_texts([_text_of(row) for row in rows])
    for row, answer in zip(rows, answers, strict=True):
        _store(row, answer)


def _text_of(row: DealTranslation) -> Text:
    """Neither side's own memory is used: the other would read what is in it."""
    sides = (row.interest.organisation, row.interest.listing.organisation)
    names = tuple(one.name for one in sides if one.name.isascii())
    return Text(row.original, row.source, row.language, scope=scope_of(row.interest_id), names=names)


def _do_alone(row: DealTranslation) -> None:
    try:
        _do([row])
    except Exception as error:
        log.exception("deals.translation_failed", row=row.pk)
        _put_off(row, f"{type(error).__name__}: {error}")


def _store(row: DealTranslation, answer: Translated) -> None:
    if answer.transient:
        _put_off(row, answer.error)
        return
    started = answer.started
    DealTranslation.objects.filter(pk=row.pk).update(
        text=answer.text if started else "",
        state=(answer.state if answer.complete else State.MACHINE) if started else "",
        engine=answer.engine,
        complete=answer.complete,
        pieces=stored(answer.pieces),
        hashes=[piece.hash for piece in answer.pieces],
        facts=list(answer.facts),
        pending=False,
        error=answer.error[:300],
        retry_at=None,
        updated_at=timezone.now(),
    )


def _put_off(row: DealTranslation, reason: str) -> None:
    wait = min(timedelta(seconds=10 * 2 ** min(row.attempts, 12)), BACK_OFF_AT_MOST)
    DealTranslation.objects.filter(pk=row.pk).update(
        attempts=row.attempts + 1, error=reason[:300], retry_at=timezone.now() + wait
    )
