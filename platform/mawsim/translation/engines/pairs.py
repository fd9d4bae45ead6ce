"""Servers take one pair of languages a call; batches may hold several."""

from collections.abc import Callable, Sequence

from mawsim.translation.engines.base import Candidate, Segment


def by_pair(
    segments: Sequence[Segment],
    translate: Callable[[list[str], str, str], list[Candidate | None]],
) -> list[Candidate | None]:
    """Call translate(texts, source, target) per pair, and put the answers in the order of the segments."""
    groups: dict[tuple[str, str], list[int]] = {}
    for number, segment in enumerate(segments):
        groups.setdefault((segment.source, segment.target), []).append(number)
    answers: list[Candidate | None] = [None] * len(segments)
    for (source, target), numbers in groups.items():
        found = translate([segments[number].text for number in numbers], source, target)
        for number, candidate in zip(numbers, found, strict=True):
            answers[number] = candidate
    return answers
