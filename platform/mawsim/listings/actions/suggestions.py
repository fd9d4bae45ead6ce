"""Readers suggest better translations; the listing's editors or a reviewer accept or decline them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.actions import notify
from mawsim.accounts.models import Notification, NotificationKind, User
from mawsim.accounts.queries import correspondents
from mawsim.core.errors import Conflict, InvalidInput, NotVisible
from mawsim.listings import queries, rules
from mawsim.listings.actions.corrections import checked_translation, review_translation
from mawsim.listings.actions.outbox import locked
from mawsim.listings.models import Field, Listing, SuggestionStatus, TranslationSuggestion
from mawsim.translation.hashing import source_hash

PER_DAY = 50  # of one person


@transaction.atomic
def suggest_translation(
    *, actor: User, listing: Listing, field: Field, language: str, text: str
) -> TranslationSuggestion:
    """Anybody who may read the listing may say it better. A second suggestion replaces one's first.

    Errors are at "text" or "language"; figures and names must be those of the original.
    """
    if not queries.visible_to(actor).filter(pk=listing.pk).exists():
        raise NotVisible
    text = checked_translation(listing, field, language, text)
    there = listing.translations.filter(field=field, language=language).first()
    if there and there.text == text:
        raise InvalidInput({"text": _("This is how it is translated already.")})
    _require_measure(actor)
    suggestion, _made = TranslationSuggestion.objects.update_or_create(
        listing=listing,
        field=field,
        language=language,
        author=actor,
        status=SuggestionStatus.OPEN,
        defaults={"text": text, "source_hash": source_hash(getattr(listing, field))},
    )
    _tell(listing)
    return suggestion


def _require_measure(actor: User) -> None:
    since = timezone.now() - timedelta(days=1)
    if TranslationSuggestion.objects.filter(author=actor, created_at__gt=since).count() >= PER_DAY:
        raise Conflict(_("You have made many suggestions today. Please continue tomorrow."))


def _tell(listing: Listing) -> None:
    """The editors, but nobody who has not looked at an earlier notice yet."""
    path = f"{listing.path}translations/"
    kind = NotificationKind.TRANSLATION_SUGGESTED
    told = Notification.objects.filter(kind=kind, path=path, read_at=None)
    users = correspondents(listing.organisation).exclude(pk__in=told.values("user"))
    notify(users=list(users), kind=kind, params={"title": listing.title}, path=path)


@transaction.atomic
def accept_suggestion(*, actor: User, suggestion: TranslationSuggestion) -> Listing:
    """Use the words, as an editor of the listing or a reviewer. Conflict when the original has changed
    since, or somebody has decided already."""
    _decide(actor, suggestion, SuggestionStatus.ACCEPTED)
    return review_translation(
        actor=actor,
        listing=suggestion.listing,
        field=Field(suggestion.field),
        language=suggestion.language,
        text=suggestion.text,
        seen=suggestion.source_hash,
    )


@transaction.atomic
def decline_suggestion(*, actor: User, suggestion: TranslationSuggestion) -> None:
    row = locked(suggestion.listing)
    if not rules.can_edit(actor, row):
        rules.require(actor, row, rules.Permission.REVIEW)
    _decide(actor, suggestion, SuggestionStatus.DECLINED)


def _decide(actor: User, suggestion: TranslationSuggestion, status: SuggestionStatus) -> None:
    now = timezone.now()
    waiting = TranslationSuggestion.objects.filter(pk=suggestion.pk, status=SuggestionStatus.OPEN)
    if not waiting.update(status=status, decided_by=actor, decided_at=now, updated_at=now):
        raise Conflict(_("Somebody has decided on this already."))
