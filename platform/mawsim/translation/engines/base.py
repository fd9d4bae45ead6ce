"""What a translation engine is: one method."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mawsim.translation.models import State


@dataclass(frozen=True, slots=True)
class Segment:
    """A text to translate. `organisation_id` opens its confidential memory too; 0: the public one only."""

    text: str
    source: str  # language codes of core.languages
    target: str
    organisation_id: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A translation and where it comes from. `score` in 0..1 is the engine's own trust in it."""

    text: str
    score: float
    state: State = State.MACHINE
    engine: str = ""  # empty: a person wrote it
    glossary_version: int = 0


class EngineError(Exception):
    """The engine cannot answer now; the caller tries again later unless the error is permanent."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class Engine(Protocol):
    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        """One entry per segment, in order; None where the engine has nothing. Raises EngineError."""
        ...
