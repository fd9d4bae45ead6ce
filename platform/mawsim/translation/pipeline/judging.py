"""An engine's answer to one sentence: put its facts back, and believe it only if it passes the checks."""

import unicodedata
from dataclasses import dataclass, replace

from mawsim.translation.checks import problems
from mawsim.translation.engines.base import Candidate, Form
from mawsim.translation.pipeline.plan import Slot
from mawsim.translation.sentinels import BrokenSentinels, unmask


@dataclass(frozen=True, slots=True)
class Verdict:
    candidate: Candidate | None  # None: not to be shown
    problems: tuple[str, ...]  # codes of `checks`

    def after(self, former: "Verdict") -> "Verdict":
        """With what spoke against the answer in another form, unless this one is good."""
        if self.candidate:
            return self
        return Verdict(None, tuple(dict.fromkeys([*former.problems, *self.problems])))


def judge(slot: Slot, candidate: Candidate | None, form: Form, engine: str) -> Verdict:
    if candidate is None:
        return Verdict(None, ("empty",))
    try:
        text = _restored(slot, candidate.text, form)
    except BrokenSentinels:
        return Verdict(None, ("fact_lost",))
    target = slot.text.target
    found = problems(slot.sentence, text, slot.text.source, target, slot.facts, slot.applied.hints)
    codes = tuple(problem.code for problem in found)
    if any(problem.fatal for problem in found):
        return Verdict(None, codes)
    version = slot.applied.version
    return Verdict(replace(candidate, text=text, engine=engine, glossary_version=version), codes)


def _restored(slot: Slot, answer: str, form: Form) -> str:
    """With single spaces and composed letters. Line breaks and controls stay, for the checks to refuse."""
    line = "\n".join(" ".join(filter(None, line.split(" "))) for line in answer.strip().split("\n"))
    text = unmask(line, slot.masked, slot.text.target) if form == Form.MASKED else line
    return unicodedata.normalize("NFC", text)
