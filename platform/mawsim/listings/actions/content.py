"""Writing and rewriting listings."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mawsim.accounts import rules as accounts
from mawsim.accounts.models import Organisation, Role, User
from mawsim.core import languages
from mawsim.core.errors import Conflict, InvalidInput, NotVisible
from mawsim.listings.actions.outbox import locked, record
from mawsim.listings.content import FIELDS, clean, clean_text
from mawsim.listings.lifecycle import EDITABLE, REVIEWED
from mawsim.listings.models import Event, Field, Listing, ListingTranslation, Status
from mawsim.translation.actions import Unit, remember
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import State

# Words that a second person reads; the other fields are choices from lists.
_READ = {*Field.values, "source_language"}


def save_listing(
    *,
    actor: User,
    organisation: Organisation,
    listing: Listing | None = None,
    submission_token: UUID | None = None,
    seen_version: int | None = None,
    language_confirmed: bool = False,
    **content: Any,
) -> Listing:
    """Write a new draft, or new content into `listing` (editors and owners).

    `content` holds all of `listings.content.FIELDS`; what is missing is empty. The same
    `submission_token` twice saves one draft. `seen_version` is `queries.current_version` at the time the
    form was shown: a Conflict if somebody else has saved since. A published listing stays published, and
    changed words wait for a second reading (`recheck_since`). Raises InvalidInput.
    """
    if unknown := content.keys() - set(FIELDS):
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    accounts.require(actor, organisation, Role.EDITOR)
    cleaned = clean(content, language_confirmed=language_confirmed)
    if listing is None:
        return _create(actor, organisation, submission_token, cleaned)
    if listing.organisation_id != organisation.pk:
        raise NotVisible
    return _edit(actor, listing, seen_version, cleaned)


def _create(
    actor: User, organisation: Organisation, token: UUID | None, cleaned: Mapping[str, Any]
) -> Listing:
    if sent_before := _by_token(token, organisation):
        return sent_before
    try:
        with transaction.atomic():
            listing = Listing(organisation=organisation, author=actor, submission_token=token, **cleaned)
            record(listing, actor=actor, event=Event.CREATED)
            return listing
    except IntegrityError:  # the same form, sent twice at the same moment
        if sent_before := _by_token(token, organisation):
            return sent_before
        raise


def _by_token(token: UUID | None, organisation: Organisation) -> Listing | None:
    if token is None:
        return None
    found = Listing.objects.filter(submission_token=token).first()
    if found and found.organisation_id != organisation.pk:
        raise Conflict(_("This form was already sent for another organisation. Please start a new one."))
    return found


@transaction.atomic
def _edit(actor: User, listing: Listing, seen_version: int | None, cleaned: Mapping[str, Any]) -> Listing:
    row = locked(listing)
    changed = {name for name, value in cleaned.items() if getattr(row, name) != value}
    if not changed:
        return row
    row = locked(listing, seen_version=seen_version)
    if row.status not in EDITABLE:
        raise Conflict(_("An archived listing cannot be changed. Restore it first."))
    for name in changed:
        setattr(row, name, cleaned[name])
    if row.status in REVIEWED and changed & _READ:
        row.recheck_since = row.recheck_since or timezone.now()
    record(row, actor=actor, event=Event.EDITED)
    return row


@transaction.atomic
def import_listing(
    *,
    organisation: Organisation,
    author: User | None,
    published_at: datetime,
    translations: Mapping[str, Mapping[str, str]],
    submission_token: UUID | None = None,
    **content: Any,
) -> Listing:
    """A published listing with translations that people have reviewed, also kept in the memory.

    `content` as for `save_listing`; `translations` is {language: {"title", "summary", perhaps "body"}}.
    The same `submission_token` twice imports once. Raises InvalidInput, with keys "<language>.<field>"
    for translations.
    """
    if sent_before := _by_token(submission_token, organisation):
        return sent_before
    cleaned = clean(content, language_confirmed=True)
    listing = Listing(
        organisation=organisation,
        author=author,
        submission_token=submission_token,
        status=Status.PUBLISHED,
        submitted_at=published_at,
        published_at=published_at,
        expires_at=published_at + timedelta(days=settings.LISTING_LIFETIME_DAYS),
        **cleaned,
    )
    texts = _translations(listing, translations)
    record(listing, actor=author, event=Event.IMPORTED)
    _keep_reviewed(listing, texts)
    return listing


_Texts = dict[tuple[str, Field], str]


def _translations(listing: Listing, given: Mapping[str, Mapping[str, str]]) -> _Texts:
    texts: _Texts = {}
    for language, fields in given.items():
        if language not in languages.BY_CODE or language == listing.source_language:
            raise InvalidInput({language: _("This choice is not in the list.")})
        for name, text in fields.items():
            try:
                texts[language, Field(name)] = clean_text(Field(name), text)
            except InvalidInput as error:
                raise InvalidInput({f"{language}.{name}": error.errors[name]}) from error
    return {key: text for key, text in texts.items() if text and getattr(listing, key[1])}


def _keep_reviewed(listing: Listing, texts: _Texts) -> None:
    hashes = {field: source_hash(getattr(listing, field)) for field in Field}
    ListingTranslation.objects.bulk_create(
        ListingTranslation(
            listing=listing,
            field=field,
            language=language,
            text=text,
            state=State.REVIEWED,
            source_hash=hashes[field],
        )
        for (language, field), text in texts.items()
    )
    remember(
        Unit(getattr(listing, field), text, listing.source_language, language, State.REVIEWED)
        for (language, field), text in texts.items()
    )
