"""Translations of texts, from whichever engine has them."""

from collections.abc import Iterable, Sequence

from mawsim.translation.engines.base import Candidate, Segment
from mawsim.translation.engines.memory import Memory
from mawsim.translation.registry import engines_in_use


def translate(segments: Sequence[Segment]) -> list[Candidate | None]:
    """One entry per segment, in order: the first engine's answer, None where no engine has one.

    Raises the EngineError of an engine that cannot answer now.
    """
    answers: list[Candidate | None] = [None] * len(segments)
    for engine in engines_in_use():
        open_ones = [index for index, answer in enumerate(answers) if answer is None]
        if not open_ones:
            break
        found = engine.translate([segments[index] for index in open_ones])
        for index, candidate in zip(open_ones, found, strict=True):
            answers[index] = candidate
    return answers


def remembered(
    texts: Iterable[str], source: str, target: str, organisation_id: int = 0
) -> dict[str, Candidate]:
    """{text: its translation} for those that the memory holds exactly; one query."""
    wanted = list(dict.fromkeys(texts))
    found = Memory().translate([Segment(text, source, target, organisation_id) for text in wanted])
    return {text: candidate for text, candidate in zip(wanted, found, strict=True) if candidate}
