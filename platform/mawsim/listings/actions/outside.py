"""What comes back from translators outside the site."""

from collections.abc import Sequence
from typing import IO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import User
from mawsim.core.errors import Conflict, InvalidInput
from mawsim.listings import rules
from mawsim.listings.actions.corrections import NEVER, review_translation
from mawsim.listings.models import Field, Listing
from mawsim.listings.segments import joined, segments
from mawsim.translation.exchange.errors import BadFile, Report
from mawsim.translation.exchange.xliff import XliffFile, XliffSegment, XliffUnit, parse
from mawsim.translation.hashing import source_hash
from mawsim.translation.queries import check_pair
from mawsim.translation.scopes import organisation


@transaction.atomic
def import_xliff(*, actor: User, listing: Listing, file: IO[bytes]) -> Report:
    """Take the finished fields of a document from `outside.document_of`, as reviewed by the actor.

    All or nothing: BadFile names the line of what is wrong. A field of which a segment is missing is left
    out and told.
    """
    if not rules.can_edit(actor, listing):
        rules.require(actor, listing, rules.Permission.REVIEW)
    document = parse(file)
    if document.id != listing.public_id or document.source != listing.source_language:
        raise BadFile(_("This file belongs to another listing."))
    report = Report()
    for unit in document.units:
        _take(actor, listing, document, unit, report)
    return report


def _take(actor: User, listing: Listing, document: XliffFile, unit: XliffUnit, report: Report) -> None:
    line = unit.segments[0].line if unit.segments else 0
    if unit.id not in Field.values:
        raise BadFile(_("Unknown field: %(name)s") % {"name": unit.id[:40]}, line)
    field = Field(unit.id)
    _require_current(listing, field, unit.segments)
    missing = next((one for one in unit.segments if not one.target), None)
    if missing or not unit.segments:
        report.skip(missing.line if missing else line, _("Not all of this field is translated."))
        return
    for one in unit.segments:
        _check(listing, document.target, one)
    text = joined([(one.target, one.gap) for one in unit.segments], document.target)
    seen = source_hash(getattr(listing, field))
    try:
        review_translation(
            actor=actor, listing=listing, field=field, language=document.target, text=text, seen=seen
        )
    except InvalidInput as error:
        raise BadFile(" ".join(map(str, error.errors.values())), line) from error
    except Conflict as error:
        raise BadFile(error.message, line) from error
    report.taken += 1


def _require_current(listing: Listing, field: Field, given: Sequence[XliffSegment]) -> None:
    current = [one.hash for one in segments(listing, field, None)]
    whole = [source_hash(getattr(listing, field))]
    hashes = [source_hash(one.source) for one in given]
    if hashes not in (current, whole):
        line = next((one.line for one, key in zip(given, hashes, strict=True) if key not in current), 0)
        raise BadFile(_("The original is not what it was when the file was made."), line)


def _check(listing: Listing, target: str, one: XliffSegment) -> None:
    scopes = [organisation(listing.organisation_id)]
    found = check_pair(one.source, one.target, listing.source_language, target, scopes)
    if wrong := next((problem for problem in found if problem.code in NEVER), None):
        raise BadFile(wrong.message, one.line)
