"""What people say about the translations of a listing: its author, a reviewer, or a reader who suggests."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import User
from mawsim.core import languages
from mawsim.core.errors import Conflict, InvalidInput
from mawsim.core.language_check import Verdict, check
from mawsim.listings import rules
from mawsim.listings.actions.outbox import locked, record
from mawsim.listings.content import clean_text, wrong_script
from mawsim.listings.lifecycle import REVIEWED
from mawsim.listings.models import Event, Field, Listing, ListingTranslation
from mawsim.listings.segments import hashes_of
from mawsim.listings.texts import is_stale
from mawsim.translation.actions import Unit, remember
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import State, rank
from mawsim.translation.queries import check_pair
from mawsim.translation.scopes import PUBLIC, Scope, organisation

# What no person may overlook either. Length or style are a matter of judgement.
NEVER = frozenset({"empty", "fact_lost", "fact_invented", "markup", "hidden", "forbidden_term"})


@transaction.atomic
def set_translation(*, actor: User, listing: Listing, field: Field, language: str, text: str) -> Listing:
    """The author's own words in another language; nothing but another of their own replaces them.

    Of a listing that is public they are read by a second person afterwards, like any other words.
    Errors are at "text" or "language".
    """
    row = locked(listing)
    rules.require(actor, row, rules.Permission.EDIT)
    text = clean_translation(row, field, language, text)
    if row.status in REVIEWED:
        row.recheck_since = row.recheck_since or timezone.now()
    store(row, field, language, text, actor=actor, state=State.OWNER_APPROVED)
    return row


@transaction.atomic
def review_translation(
    *, actor: User, listing: Listing, field: Field, language: str, text: str, seen: str
) -> Listing:
    """A translation as its reader leaves it: an editor approves it as the author, an operator as a reviewer.

    `seen` is the hash of the original that was in front of the reader: Conflict when it has changed, and
    where the author has approved other words for it. Figures and names must be right: errors at "text".
    """
    row = locked(listing)
    state = _state_of(actor, row)
    if seen != source_hash(getattr(row, field)):
        raise Conflict(_("The original has changed meanwhile. Please read it again."))
    text = checked_translation(row, field, language, text)
    _require_no_better(row, field, language, text, state)
    store(row, field, language, text, actor=actor, state=state)
    return row


@transaction.atomic
def approve_translation(*, actor: User, listing: Listing, field: Field, language: str, seen: str) -> Listing:
    """Vouch for a translation as it stands; `seen` is the hash of its text."""
    _state_of(actor, listing)
    there = listing.translations.filter(field=field, language=language).first()
    if there is None or not there.complete or source_hash(there.text) != seen or is_stale(there, listing):
        raise Conflict(_("This translation has changed meanwhile. Please read it again."))
    original = source_hash(getattr(listing, field))
    return review_translation(
        actor=actor, listing=listing, field=field, language=language, text=there.text, seen=original
    )


def _state_of(actor: User, row: Listing) -> State:
    if rules.can_edit(actor, row):
        return State.OWNER_APPROVED
    rules.require(actor, row, rules.Permission.REVIEW)
    return State.REVIEWED


def _require_no_better(row: Listing, field: Field, language: str, text: str, state: State) -> None:
    there = row.translations.filter(field=field, language=language).first()
    if there and rank(there.state) > rank(state) and not is_stale(there, row) and there.text != text:
        raise Conflict(_("The author has approved other words. Suggest yours, and the author decides."))


def clean_translation(row: Listing, field: Field, language: str, text: str) -> str:
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


def checked_translation(row: Listing, field: Field, language: str, text: str) -> str:
    """`clean_translation`, with the same figures, addresses and names as the original."""
    cleaned = clean_translation(row, field, language, text)
    own = organisation(row.organisation_id)
    found = check_pair(getattr(row, field), cleaned, row.source_language, language, [own])
    if wrong := [problem.message for problem in found if problem.code in NEVER]:
        raise InvalidInput({"text": " ".join(wrong)})
    return cleaned


def store(row: Listing, field: Field, language: str, text: str, *, actor: User, state: State) -> None:
    """Keep a person's words for a locked listing, and remember them in their scope."""
    original = getattr(row, field)
    ListingTranslation.objects.update_or_create(
        listing=row,
        field=field,
        language=language,
        defaults={
            "text": text,
            "state": state,
            "engine": "",
            "source_hash": source_hash(original),
            "reviewer": actor,
            "complete": True,
            "pieces": [],
            "hashes": hashes_of(original, row.source_language),
        },
    )
    unit = Unit(
        original, text, row.source_language, language, state, reviewer=actor, scope=_scope(row, state)
    )
    remember([unit])
    record(row, actor=actor, event=Event.TRANSLATED, note=f"{language} {field}")


def _scope(row: Listing, state: State) -> Scope:
    """An author vouches for the own organisation only: in everybody's memory, anybody could put words into
    the mouths of all who happen to write the same sentence. What a reviewer has read of a public listing
    helps everybody."""
    if state == State.REVIEWED and row.status in REVIEWED:
        return PUBLIC
    return organisation(row.organisation_id)
