"""What goes into the pipeline and what comes out: whole texts, and the pieces that they consist of."""

from dataclasses import dataclass, field

from mawsim.translation.models import State
from mawsim.translation.scopes import PUBLIC, Scope


@dataclass(frozen=True, slots=True)
class Text:
    """A text to translate, as long as a field.

    `scope` is where it belongs: what machines make of it is kept there and nowhere wider. `also` are
    further scopes whose memory and glossary may be used for it (the author's organisation). `names` are
    products and organisations that keep their name.
    """

    text: str
    source: str
    target: str
    scope: Scope = PUBLIC
    also: tuple[Scope, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def lookup(self) -> tuple[Scope, ...]:
        return (self.scope, *self.also)


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of a text. Untranslated: `text` is the original, and `problems` say why."""

    source: str
    text: str
    gap: str  # white space that follows, as in the original
    hash: str  # of the source sentence
    state: State | None = None  # None: untranslated
    engine: str = ""  # name and version; empty with a state: a person
    score: float = 0.0
    glossary_version: int = 0
    problems: tuple[str, ...] = ()  # codes of mawsim.translation.checks

    @property
    def translated(self) -> bool:
        return self.state is not None


@dataclass(frozen=True, slots=True)
class Translated:
    """A text as it could be translated. `text` joins the pieces; show it as a translation only when it
    is `complete`, and mark the untranslated pieces otherwise."""

    text: str
    pieces: tuple[Piece, ...]  # one alone where the memory knows the whole text
    error: str = ""  # why something is missing, where an engine has said so
    transient: bool = False  # what is missing may come later
    facts: tuple[str, ...] = field(default=())  # the locked facts as they stand in the original

    @property
    def complete(self) -> bool:
        return all(piece.translated or not piece.source.strip() for piece in self.pieces)

    @property
    def started(self) -> bool:
        """Whether anything is translated at all."""
        return any(piece.translated for piece in self.pieces)

    @property
    def state(self) -> State:
        """The least trusted state of its pieces."""
        return min((piece.state for piece in self.pieces if piece.state), key=_RANK.__getitem__)

    @property
    def engine(self) -> str:
        """The engine of the first machine-made piece; empty when people wrote all of it."""
        return next((piece.engine for piece in self.pieces if piece.engine), "")

    @property
    def glossary_version(self) -> int:
        return max((piece.glossary_version for piece in self.pieces), default=0)


_RANK = {State.MACHINE: 0, State.REVIEWED: 1, State.OWNER_APPROVED: 2}
