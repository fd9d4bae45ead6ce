"""Run an engine over items as the pipeline would, without memory, store and network of other engines."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mawsim.translation.engines.base import Candidate, Engine
from mawsim.translation.evaluate.facts import is_kept
from mawsim.translation.evaluate.items import Item
from mawsim.translation.pipeline.judging import judge
from mawsim.translation.pipeline.plan import Slot
from mawsim.translation.segmentation import sentences
from mawsim.translation.sentinels import unmask
from mawsim.translation.texts import Text

BATCH = 32  # segments
Pair = tuple[str, str]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Job:
    """One text into one language; `slots` with the white space after each."""

    item: Item
    pair: Pair
    slots: list[tuple[Slot, str]] = field(default_factory=list)

    @property
    def hypothesis(self) -> str:
        return "".join((slot.answer.text if slot.answer else slot.sentence) + gap for slot, gap in self.slots)

    @property
    def accepted(self) -> int:
        return sum(slot.answer is not None for slot, _gap in self.slots)


def evaluate(
    engine: Engine,
    items: Sequence[Item],
    pairs: Iterable[Pair] = (),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Figures for each direction and for all: chrF++ (0..100), facts kept and segments accepted (0..1).

    Without `pairs` each item goes from the language it was written in into its others. A segment whose
    translation fails the checks counts as it is shown, in the original. EngineError passes through.
    """
    wanted = set(pairs)
    jobs = list(_jobs(items, wanted))
    spoken = [job for job in jobs if engine.speaks(*job.pair)]
    slots = [slot for job in spoken for slot, _gap in job.slots]
    if slots:
        _translate(engine, slots[:1])  # a model is loaded on first use; that is no part of its speed
        slots[0].answer = None
    started = time.perf_counter()
    for start in range(0, len(slots), BATCH):
        _translate(engine, slots[start : start + BATCH])
        if progress:
            progress(min(start + BATCH, len(slots)), len(slots))
    seconds = time.perf_counter() - started
    return {
        "engine": engine.version,
        "items": len(items),
        "segments": len(slots),
        "seconds": round(seconds, 3),
        "segments_per_second": round(len(slots) / seconds, 2) if slots and seconds else None,
        "not_spoken": sorted({"-".join(job.pair) for job in jobs} - {"-".join(job.pair) for job in spoken}),
        "directions": {
            "-".join(pair): _figures([job for job in spoken if job.pair == pair])
            for pair in sorted({job.pair for job in spoken})
        },
        "all": _figures(spoken),
    }


def _jobs(items: Sequence[Item], wanted: set[Pair]) -> Iterator[_Job]:
    for item in items:
        own = {(item.source, code) for code in item.text if code != item.source}
        every = {(one, other) for one in item.text for other in item.text if one != other}
        for pair in sorted(every & wanted if wanted else own):
            source, target = pair
            text = Text(item.text[source], source, target)
            parts = sentences(text.text, source)
            yield _Job(item, pair, [(Slot.of(text, part.text), part.gap) for part in parts])


def _translate(engine: Engine, slots: Sequence[Slot]) -> None:
    for slot in slots:
        if not slot.has_words:
            slot.answer = _as_it_is(engine, slot)
    for form in engine.forms:
        left = [slot for slot in slots if slot.answer is None]
        if not left:
            return
        answers = engine.translate([slot.segment(form) for slot in left])
        for slot, answer in zip(left, answers, strict=True):
            verdict = judge(slot, answer, form, engine.version)
            slot.answer, slot.problems = verdict.candidate, verdict.problems


def _as_it_is(engine: Engine, slot: Slot) -> Candidate:
    """Nothing but figures and names is not asked for, as in the pipeline."""
    return Candidate(unmask(slot.masked.text, slot.masked, slot.text.target), 1.0, engine=engine.version)


def _figures(jobs: Sequence[_Job]) -> dict[str, Any]:
    if not jobs:
        return {"texts": 0, "chrf": None, "facts": None, "facts_accepted": None, "accepted": None}
    from sacrebleu.metrics import CHRF  # a second to import

    hypotheses = [job.hypothesis for job in jobs]
    score = CHRF(word_order=2).corpus_score(hypotheses, [[job.item.text[job.pair[1]] for job in jobs]])
    kept = [
        (is_kept(fact, text), job)
        for job, text in zip(jobs, hypotheses, strict=True)
        for fact in job.item.facts
    ]
    whole = [found for found, job in kept if job.accepted == len(job.slots)]
    segments = sum(len(job.slots) for job in jobs)
    return {
        "texts": len(jobs),
        "chrf": round(score.score, 2),
        "facts": _share([found for found, _job in kept]),
        "facts_accepted": _share(whole),  # in texts that are translated from end to end
        "accepted": round(sum(job.accepted for job in jobs) / segments, 4) if segments else None,
    }


def _share(found: Sequence[bool]) -> float | None:
    return round(sum(found) / len(found), 4) if found else None
