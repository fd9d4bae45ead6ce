"""What people say about the translations of a listing."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import User
from mawsim.core import languages
from mawsim.core.errors import InvalidInput
from mawsim.core.language_check import Verdict, check
from mawsim.listings import rules
from mawsim.listings.actions.outbox import locked, record
from mawsim.listings.content import clean_text, wrong_script
from mawsim.listings.lifecycle import REVIEWED
from mawsim.listings.models import Event, Field, Listing, ListingTranslation
from mawsim.translation.actions import Unit, remember
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import State
from mawsim.translation.scopes import organisation


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
            "complete": True,
            "pieces": [],
            "hashes": [],
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
        scope=organisation(row.organisation_id),
    )
