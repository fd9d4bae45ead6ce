"""A field and its translation side by side, sentence by sentence: what reviewers and curious readers see."""

from collections.abc import Sequence
from dataclasses import dataclass

from mawsim.listings.models import Field, Listing, ListingTranslation
from mawsim.listings.pieces import shown_pieces
from mawsim.listings.texts import is_stale
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import State
from mawsim.translation.queries import Sentence, sentences
from mawsim.translation.segmentation import gap_in


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence of the original and what it is called. Without `target` it is not translated, or the
    original has changed since (`stale`)."""

    source: str
    gap: str  # white space that follows in the original
    hash: str
    target: str = ""
    state: State | None = None
    engine: str = ""
    stale: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    target: str
    state: State | None
    engine: str
    problems: tuple[str, ...] = ()


def segments(listing: Listing, field: Field, row: ListingTranslation | None) -> list[Segment]:
    """The field's sentences with those of the translation.

    After an edit of the original, unchanged sentences keep theirs. One segment for the whole field where
    nobody can tell which sentence is the translation of which.
    """
    original = getattr(listing, field)
    ours = sentences(original, listing.source_language)
    if row is None:
        return [Segment(one.text, one.gap, source_hash(one.text)) for one in ours]
    known = _known(row, [source_hash(one.text) for one in ours] if not is_stale(row, listing) else row.hashes)
    if known is None:
        return [_whole(listing, field, row)]
    return [_segment(one, known.get(source_hash(one.text)), is_stale(row, listing)) for one in ours]


def hashes_of(text: str, language: str) -> list[str]:
    """Of its sentences, in order: kept with a person's translation, to tell later which have changed."""
    return [source_hash(one.text) for one in sentences(text, language)]


def _known(row: ListingTranslation, hashes: Sequence[str]) -> dict[str, _Known] | None:
    """{hash of the sentence: its translation}; None where they cannot be told apart."""
    pieces = shown_pieces(row)
    if pieces and (len(pieces) > 1 or len(hashes) == 1):
        return {
            piece.hash: _Known(piece.text if piece.state else "", piece.state, piece.engine, piece.problems)
            for piece in pieces
        }
    theirs = sentences(row.text, row.language)
    if not hashes or len(theirs) != len(hashes):
        return None
    state = State(row.state)
    return {key: _Known(one.text, state, row.engine) for key, one in zip(hashes, theirs, strict=True)}


def _segment(one: Sentence, known: _Known | None, is_row_stale: bool) -> Segment:
    key = source_hash(one.text)
    if known is None:
        return Segment(one.text, one.gap, key, stale=is_row_stale)
    return Segment(one.text, one.gap, key, known.target, known.state, known.engine, problems=known.problems)


def _whole(listing: Listing, field: Field, row: ListingTranslation) -> Segment:
    original = getattr(listing, field)
    state = State(row.state) if row.complete else None
    stale = is_stale(row, listing)
    return Segment(original, "", source_hash(original), row.text if state else "", state, row.engine, stale)


def joined(parts: Sequence[tuple[str, str]], target: str) -> str:
    """Sentences of `target` put together; each comes with the white space that follows in the original."""
    return "".join(text + gap_in(gap, target) for text, gap in parts).strip()
