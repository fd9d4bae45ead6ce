"""Machines translate what the memory does not know: each engine in its turn, each sentence once."""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence

from mawsim.translation import claims
from mawsim.translation.asking import ask
from mawsim.translation.asking.caps import record
from mawsim.translation.engines.base import BadBatch, Candidate, Engine, EngineError
from mawsim.translation.models import SegmentStatus, SegmentTranslation, State
from mawsim.translation.pipeline.judging import Verdict, judge
from mawsim.translation.pipeline.plan import Slot
from mawsim.translation.registry import machines_for

BATCH_SEGMENTS, BATCH_CHARACTERS = 32, 4000
_POLLS = (0.05, 0.1, 0.2, 0.5)  # seconds between looks at what others do

Tell = Callable[[], None]


def ask_machines(slots: Sequence[Slot], tell: Tell, wait: float) -> None:
    """Fill the slots as far as engines can. A sentence that one engine fails goes to the next."""
    deadline = time.monotonic() + wait
    while turns := _next_turns(slots):
        for (name, engine), asked in turns.items():
            for slot in asked:
                slot.tried.add(name)
            Turn(name, engine, tell).run(asked, deadline)


def _next_turns(slots: Sequence[Slot]) -> dict[tuple[str, Engine], list[Slot]]:
    """{engine: the open slots whose next engine it is}."""
    turns: dict[tuple[str, Engine], list[Slot]] = {}
    for slot in slots:
        if slot.answer is None:
            machines = machines_for(
                slot.text.source, slot.text.target, confidential=not slot.text.scope.is_public
            )
            if following := next((pair for pair in machines if pair[0] not in slot.tried), None):
                turns.setdefault(following, []).append(slot)
    return turns


class Turn:
    """One engine's turn at some slots: take what is done, do what nobody does, wait for the rest."""

    def __init__(self, name: str, engine: Engine, tell: Tell) -> None:
        self.name, self.engine, self.tell = name, engine, tell
        self.version = engine.version

    def run(self, slots: Sequence[Slot], deadline: float) -> None:
        waiting = list(slots)
        for pause in _pauses():
            waiting = self._take(waiting)
            ours = self._claim_and_do(waiting)
            waiting = [slot for slot in waiting if slot not in ours]
            if not waiting:
                return
            if time.monotonic() + pause > deadline:
                break
            time.sleep(pause)
        for slot in waiting:
            slot.error, slot.transient = "another worker is still translating it", True

    def _take(self, slots: Sequence[Slot]) -> list[Slot]:
        """Use what is done or has failed before; returns the slots that are left."""
        rows = claims.look(key for slot in slots for key in slot.keys(self.version))
        left = []
        for slot in slots:
            found = [row for key in slot.keys(self.version) if (row := rows.get(key))]
            ended = next((row for row in found if row.status != SegmentStatus.CLAIMED), None)
            if ended is None:
                left.append(slot)
            else:
                _use(slot, ended)
        if len(left) < len(slots):
            self.tell()
        return left

    def _claim_and_do(self, slots: Sequence[Slot]) -> set[Slot]:
        """Claim what is free and translate it; returns the slots that were ours, whatever came of them."""
        by_key: dict[claims.Key, list[Slot]] = {}
        for slot in slots:
            by_key.setdefault(slot.key(self.version), []).append(slot)
        if not by_key:
            return set()
        work = [
            claims.Work(key, group[0].sentence, group[0].applied.version) for key, group in by_key.items()
        ]
        token, keys = claims.claim(work)
        try:
            for batch in _batches([by_key[key] for key in by_key if key in keys]):
                self._do(token, batch)
                claims.prolong(token)
        finally:
            claims.release(token)
        return {slot for key in keys for slot in by_key[key]}

    def _do(self, token: uuid.UUID, groups: Sequence[list[Slot]]) -> None:
        """Groups of slots with the same key: the first of each is translated, the others share in it."""
        try:
            verdicts = self._translated([group[0] for group in groups])
        except BadBatch as error:
            if len(groups) == 1:
                _failed(groups[0], error)
            else:
                half = len(groups) // 2
                self._do(token, groups[:half])
                self._do(token, groups[half:])
            return
        except EngineError as error:
            for group in groups:
                _failed(group, error)
            return
        self._store(token, groups, verdicts)

    def _translated(self, slots: Sequence[Slot]) -> list[Verdict]:
        """The engine's answers as the checks see them; what fails in one form is asked in the next."""
        verdicts = [Verdict(None, ())] * len(slots)
        for form in self.engine.forms:
            left = [index for index, verdict in enumerate(verdicts) if verdict.candidate is None]
            if not left:
                break
            answers = ask(self.name, self.engine, [slots[index].segment(form) for index in left])
            for index, answer in zip(left, answers, strict=True):
                verdicts[index] = judge(slots[index], answer, form, self.version).after(verdicts[index])
        return verdicts

    def _store(self, token: uuid.UUID, groups: Sequence[list[Slot]], verdicts: Sequence[Verdict]) -> None:
        results = {}
        for group, verdict in zip(groups, verdicts, strict=True):
            candidate = verdict.candidate
            text, score = (candidate.text, candidate.score) if candidate else ("", 0.0)
            results[group[0].key(self.version)] = (text, score, verdict.problems)
            for slot in group:
                slot.answer, slot.problems = candidate, verdict.problems
        claims.finish(token, results)
        if rejected := sum(verdict.candidate is None for verdict in verdicts):
            record(self.name, rejected=rejected)
        self.tell()


def _failed(group: Sequence[Slot], error: EngineError) -> None:
    """What one engine may do later is worth another try, whatever the others say."""
    for slot in group:
        slot.error, slot.transient = str(error), slot.transient or not error.permanent


def _use(slot: Slot, row: SegmentTranslation) -> None:
    slot.problems = tuple(row.problems)
    if row.status == SegmentStatus.DONE:
        version = row.glossary_version
        slot.answer = Candidate(row.target_text, row.score, State.MACHINE, row.engine, version)


def _batches(groups: Iterable[list[Slot]]) -> Iterator[list[list[Slot]]]:
    batch: list[list[Slot]] = []
    size = 0
    for group in groups:
        length = len(group[0].sentence)
        if batch and (len(batch) >= BATCH_SEGMENTS or size + length > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(group)
        size += length
    if batch:
        yield batch


def _pauses() -> Iterator[float]:
    yield from _POLLS
    while True:
        yield _POLLS[-1]
