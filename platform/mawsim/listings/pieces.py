"""The sentences of a translated field, as they are kept beside it: who says what, and what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from mawsim.translation.models import State
from mawsim.translation.texts import Piece


class Kept(Protocol):
    """A text that is kept with its pieces: a field of a listing, a message."""

    text: Any
    pieces: Any


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """One sentence as it stands in the field, and the white space after it."""

    text: str
    gap: str
    hash: str
    state: State | None  # None: it is still in the original
    engine: str
    problems: tuple[str, ...]


def stored(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    """JSON without the words: they stand in the field's text already."""
    return [
        {
            "hash": piece.hash,
            "length": len(piece.text),
            "gap": len(piece.gap),
            "state": piece.state or "",
            "engine": piece.engine,
            "problems": list(piece.problems),
        }
        for piece in pieces
    ]


def shown_pieces(row: Kept) -> tuple[ShownPiece, ...]:
    """Empty for a field that a person has translated as a whole."""
    found, start = [], 0
    for piece in row.pieces:
        end = start + piece["length"]
        state = State(piece["state"]) if piece["state"] else None
        text, gap = row.text[start:end], row.text[end : end + piece["gap"]]
        found.append(ShownPiece(text, gap, piece["hash"], state, piece["engine"], tuple(piece["problems"])))
        start = end + piece["gap"]
    return tuple(found)
