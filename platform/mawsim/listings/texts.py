"""The words of listings as one reader sees them: translated where there is a translation, with its origin."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from mawsim.core import languages
from mawsim.listings.models import Field, Listing, ListingTranslation
from mawsim.listings.pieces import ShownPiece, shown_pieces
from mawsim.listings.summary import sentence
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import State


@dataclass(frozen=True, slots=True)
class ShownText:
    """One field as shown. `state` and `stale` tell of a translation; `original` is always the author's."""

    text: str
    language: str
    translated: bool
    state: State | None
    stale: bool
    original: str
    original_language: str
    complete: bool = True  # False: some sentences are still in the original, as `pieces` tells
    pieces: tuple[ShownPiece, ...] = ()  # of a machine's translation
    engine: str = ""

    @property
    def dir(self) -> str:
        return languages.BY_CODE[self.language].dir


@dataclass(frozen=True, slots=True)
class ListingCard:
    listing: Listing
    title: ShownText
    summary: ShownText
    sentence: str


_Translations = dict[int, dict[str, ListingTranslation]]


def is_stale(translation: ListingTranslation, listing: Listing) -> bool:
    """Whether the author has changed the text since it was translated."""
    return translation.source_hash != source_hash(getattr(listing, translation.field))


def cards(listings: Iterable[Listing], language: str) -> list[ListingCard]:
    """Listings as lists show them. Two queries at most, however many there are."""
    rows = list(listings)
    prefetch_related_objects(rows, "organisation")
    found = _translations([row.pk for row in rows], language)
    return [_card(row, language, found.get(row.pk, {})) for row in rows]


def shown_texts(listing: Listing, language: str) -> dict[Field, ShownText]:
    """Every translatable field as a reader of `language` sees it. One query."""
    found = _translations([listing.pk], language).get(listing.pk, {})
    return {field: _shown(listing, field, found.get(field)) for field in Field}


def texts_in(listing_ids: Iterable[int], language: str) -> dict[int, dict[str, str]]:
    """{listing id: {field: text}} of what there is in `language`: the author's words or an up-to-date
    translation. Fields without either are left out. Two queries."""
    rows = Listing.objects.in_bulk(list(listing_ids))
    found = _translations(list(rows), language)
    result: dict[int, dict[str, str]] = {}
    for pk, listing in rows.items():
        shown = {field: _shown(listing, field, found.get(pk, {}).get(field)) for field in Field}
        result[pk] = {
            str(field): text.text
            for field, text in shown.items()
            if text.text and text.language == language and not text.stale and text.complete
        }
    return result


def _translations(listing_ids: list[int], language: str) -> _Translations:
    found: _Translations = {}
    for row in ListingTranslation.objects.filter(listing_id__in=listing_ids, language=language):
        found.setdefault(row.listing_id, {})[row.field] = row
    return found


def _card(listing: Listing, language: str, translations: dict[str, ListingTranslation]) -> ListingCard:
    return ListingCard(
        listing,
        _whole(listing, Field.TITLE, translations.get(Field.TITLE)),
        _whole(listing, Field.SUMMARY, translations.get(Field.SUMMARY)),
        sentence(listing, language),
    )


def _whole(listing: Listing, field: Field, translation: ListingTranslation | None) -> ShownText:
    """As lists show it, where nobody could see that a part is missing: all of it translated, or nothing."""
    return _shown(listing, field, translation if translation and translation.complete else None)


def _shown(listing: Listing, field: Field, translation: ListingTranslation | None) -> ShownText:
    original = getattr(listing, field)
    source = listing.source_language
    # Nothing is translated into its own language: left over where the author changed the language.
    if translation is None or translation.language == source:
        return ShownText(original, source, False, None, False, original, source)
    stale = is_stale(translation, listing)
    # A person's outdated words still help, and say that they are outdated; a machine's do not.
    if stale and translation.state == State.MACHINE:
        return ShownText(original, source, False, None, False, original, source)
    return ShownText(
        translation.text,
        translation.language,
        True,
        State(translation.state),
        stale,
        original,
        source,
        translation.complete,
        shown_pieces(translation),
        translation.engine,
    )
