"""What people have said goes first: whole texts, then sentences, then sentences with other figures."""

from collections.abc import Sequence

from mawsim.translation.engines.base import Candidate, Segment
from mawsim.translation.engines.memory import Memory
from mawsim.translation.pipeline.plan import Plan, Slot
from mawsim.translation.sentinels import unmask

WRITTEN_BY_RULE = "facts"  # the engine of sentences that are nothing but figures and names


def fill_from_memory(plan: Plan) -> None:
    """Two queries, however many texts."""
    memory = Memory()
    slots = plan.open_slots()
    known = memory.translate([_whole(slot) for slot in [*plan.whole, *slots]])
    for slot, candidate in zip([*plan.whole, *slots], known, strict=True):
        slot.answer = candidate
    for slot in slots:
        if slot.answer is None and not slot.has_words:
            slot.answer = Candidate(_by_rule(slot), 1.0, engine=WRITTEN_BY_RULE)
    left = [slot for slot in plan.open_slots() if slot.facts]
    for slot, candidate in zip(left, memory.same_words([_whole(slot) for slot in left]), strict=True):
        slot.answer = _if_allowed(slot, candidate)


def _whole(slot: Slot) -> Segment:
    return Segment(slot.sentence, slot.text.source, slot.text.target, slot.text.lookup)


def _by_rule(slot: Slot) -> str:
    return unmask(slot.masked.text, slot.masked, slot.text.target)


def _if_allowed(slot: Slot, candidate: Candidate | None) -> Candidate | None:
    """Words that nobody has read in this sentence must keep to the glossary."""
    if candidate is None or _forbidden(candidate.text, slot.applied.hints):
        return None
    return candidate


def _forbidden(text: str, hints: Sequence[object]) -> bool:
    words = [word for hint in hints for word in getattr(hint, "forbidden", ())]
    return any(word.casefold() in text.casefold() for word in words)
