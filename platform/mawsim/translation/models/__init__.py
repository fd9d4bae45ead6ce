"""The tables of this package: memory, machine translations of segments, glossary, use of engines."""

from mawsim.translation.models.glossary import Term, TermKind, TermSet
from mawsim.translation.models.memory import MemoryUnit
from mawsim.translation.models.provenance import Provenance, State, rank, up_to
from mawsim.translation.models.segments import SegmentStatus, SegmentTranslation
from mawsim.translation.models.usage import EngineUsage

__all__ = [
    "EngineUsage",
    "MemoryUnit",
    "Provenance",
    "SegmentStatus",
    "SegmentTranslation",
    "State",
    "Term",
    "TermKind",
    "TermSet",
    "rank",
    "up_to",
]
