"""What a translation engine is: one method, and three words about itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mawsim.translation.models import State
from mawsim.translation.scopes import PUBLIC, Scope


@dataclass(frozen=True, slots=True)
class TermHint:
    """A glossary term that occurs in the segment. `target` is what it is to be called; empty: only
    `forbidden` words are known."""

    source: str
    target: str = ""
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A text to translate: one sentence, or a whole field for the memory.

    Facts are in `text` as the engine's `forms` ask for them: as they stand, or as sentinels ⟦1⟧, ⟦2⟧ ...
    that must come back each once (mawsim.translation.sentinels). `scopes` is what the memory may be read
    from; an engine outside this site never sees it.
    """

    text: str
    source: str  # language codes of core.languages
    target: str
    scopes: tuple[Scope, ...] = (PUBLIC,)
    terms: tuple[TermHint, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A translation and where it comes from. `score` in 0..1 is the engine's own trust in it."""

    text: str
    score: float
    state: State = State.MACHINE
    engine: str = ""  # empty: a person wrote it
    glossary_version: int = 0


class Form(StrEnum):
    """How facts are given to an engine."""

    MASKED = "masked"  # as sentinels
    PLAIN = "plain"  # as they stand: for models that copy digits well and break sentinels


class EngineError(Exception):
    """The engine gives no answer. Not permanent: the caller may try again later."""

    def __init__(self, message: str, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after  # seconds, where the engine says so


class Refused(EngineError):
    """Not asked at all: a cap is reached, or the engine is resting after failures. `retry_after` is set."""


class BadBatch(EngineError):
    """The engine cannot do with this batch (an error of its own, too few answers): smaller ones may pass."""


class Engine(Protocol):
    """Engines are made once per process, without arguments, and read their own settings then.

    Making one must be cheap: models are loaded and servers asked on first use. ImproperlyConfigured for
    settings that are missing. Threads share an engine.
    """

    @property
    def version(self) -> str:
        """Names the very model: "chat:gpt-x". What another version has made is not used again."""
        ...

    @property
    def forms(self) -> tuple[Form, ...]:
        """How it wants facts, in the order in which forms are tried until one passes the checks."""
        ...

    def speaks(self, source: str, target: str) -> bool:
        """Whether it translates this pair; cheap, without asking a server."""
        ...

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        """One entry per segment, in order; None where the engine has nothing. Raises EngineError.

        The segments may be of several language pairs; all pass `speaks`. Texts come back as the engine
        gives them: the pipeline checks them.
        """
        ...
