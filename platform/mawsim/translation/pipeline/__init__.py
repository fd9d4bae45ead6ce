"""From a text to its translation: cut, lock facts, look up, ask machines, check, put together."""

from collections.abc import Callable, Sequence

from mawsim.translation.pipeline.machines import ask_machines
from mawsim.translation.pipeline.plan import Plan, Slot
from mawsim.translation.pipeline.remembering import fill_from_memory
from mawsim.translation.segmentation import gap_in
from mawsim.translation.texts import Text, Translated

__all__ = ["Progress", "translate_texts"]

Progress = Callable[[int, int], None]


def translate_texts(
    texts: Sequence[Text], *, progress: Progress | None = None, wait: float = 60.0
) -> list[Translated]:
    """One result per text, in order. Engines' failures are told in the results, never raised.

    Sentences that the memory knows take its words. Others are translated once, whoever asks: if another
    process is at one, its result is waited for, `wait` seconds at most. `progress(done, total)` counts
    pieces. Not to be called inside a transaction: claims have to be seen by others.
    """
    if any(text.source == text.target for text in texts):
        raise ValueError("a text cannot be translated into its own language")
    plan = Plan.of(texts)
    fill_from_memory(plan)

    def tell() -> None:
        if progress:
            progress(plan.done, plan.total)

    tell()
    ask_machines(plan.open_slots(), tell, wait)
    return [_together(text, plan.slots_of(index)) for index, text in enumerate(texts)]


def _together(text: Text, slots: Sequence[tuple[Slot, str]]) -> Translated:
    last = len(slots) - 1
    pieces = tuple(
        slot.piece(gap_in(gap, text.target) if number < last else gap)
        for number, (slot, gap) in enumerate(slots)
    )
    missing = [slot for slot, _gap in slots if slot.answer is None]
    facts = dict.fromkeys(fact.text for slot, _gap in slots for fact in slot.facts)
    return Translated(
        text="".join(piece.text + piece.gap for piece in pieces),
        pieces=pieces,
        error=next((slot.error for slot in missing if slot.error), ""),
        transient=any(slot.transient for slot in missing),
        facts=tuple(facts),
    )
