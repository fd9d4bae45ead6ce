"""A listing as a document for translators outside the site."""

from django.utils.translation import gettext as _

from mawsim.listings.models import Field, Listing
from mawsim.listings.segments import Segment, segments
from mawsim.translation.exchange.xliff import XliffFile, XliffSegment, XliffUnit
from mawsim.translation.models import State


def document_of(listing: Listing, language: str) -> XliffFile:
    """Every field with what there is of its translation; machines' words are marked as a first draft."""
    rows = {row.field: row for row in listing.translations.filter(language=language)}
    units = tuple(
        XliffUnit(
            field.value,
            tuple(map(_segment, segments(listing, field, rows.get(field.value)))),
            _("A machine's words are marked “translated”, a person's “reviewed”."),
        )
        for field in Field
        if getattr(listing, field)
    )
    return XliffFile(listing.public_id, listing.source_language, language, units)


def _segment(one: Segment) -> XliffSegment:
    state = "initial" if not one.target or one.stale else "translated"
    if state == "translated" and one.state != State.MACHINE:
        state = "reviewed"
    return XliffSegment(one.source, one.target, one.gap, state)
