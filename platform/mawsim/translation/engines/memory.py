"""The translation memory as an engine: what people have called exactly this text before, or the same
words with other figures."""

from collections import Counter
from collections.abc import Sequence

from babel import Locale

from mawsim.core.languages import BY_CODE
from mawsim.translation.engines.base import Candidate, Form, Segment
from mawsim.translation.facts import Fact, FactKind, find, lost_and_invented
from mawsim.translation.hashing import masked_hash, source_hash
from mawsim.translation.memory.search import exact
from mawsim.translation.models import MemoryUnit, State
from mawsim.translation.scopes import rows_in, seen_from

_SCORES = {State.MACHINE: 0.8, State.REVIEWED: 0.95, State.OWNER_APPROVED: 1.0}
_SAME_WORDS = 0.9


class Memory:
    """Exact matches, a more particular scope first. `same_words` finds sentences with other facts."""

    version = "memory"
    forms = (Form.PLAIN,)

    def speaks(self, source: str, target: str) -> bool:
        return True

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        """One query for the whole batch."""
        scopes = {scope for segment in segments for scope in seen_from(*segment.scopes)}
        keys = [(source_hash(segment.text), segment.source, segment.target) for segment in segments]
        units = exact(keys, sorted(scopes))
        answers: list[Candidate | None] = []
        for key, segment in zip(keys, segments, strict=True):
            own = (units.get((*key, scope)) for scope in seen_from(*segment.scopes))
            answers.append(_candidate(next(filter(None, own), None)))
        return answers

    def same_words(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        """What people have called the sentence with other figures, with these figures in their place.

        It counts as a machine's work: nobody has read this very sentence. One query.
        """
        hashes = [masked_hash(segment.text, segment.source) for segment in segments]
        scopes = {scope for segment in segments for scope in seen_from(*segment.scopes)}
        wanted = set(hashes) - {""}
        rows = MemoryUnit.objects.filter(rows_in(sorted(scopes)), masked_hash__in=wanted) if wanted else []
        units: dict[tuple[str, str, str], list[MemoryUnit]] = {}
        for unit in rows:
            key = (unit.masked_hash, unit.source_language, unit.target_language)
            units.setdefault(key, []).append(unit)
        return [
            _refilled(segment, units.get((key, segment.source, segment.target), []))
            for key, segment in zip(hashes, segments, strict=True)
        ]


def _candidate(unit: MemoryUnit | None) -> Candidate | None:
    if unit is None:
        return None
    state = State(unit.state)
    return Candidate(unit.target_text, _SCORES[state], state, unit.engine, unit.glossary_version)


def _refilled(segment: Segment, units: Sequence[MemoryUnit]) -> Candidate | None:
    visible = seen_from(*segment.scopes)
    fitting = [unit for unit in units if unit.belongs_to in visible]
    for unit in sorted(fitting, key=lambda unit: (visible.index(unit.belongs_to), unit.pk)):
        if text := _with_other_facts(segment, unit):
            return Candidate(text, _SAME_WORDS, State.MACHINE, "memory", unit.glossary_version)
    return None


def _with_other_facts(segment: Segment, unit: MemoryUnit) -> str | None:
    """None where it is not certain which figure is which, or where grammar may depend on the figure."""
    theirs, ours = find(unit.source_text, unit.source_language), find(segment.text, segment.source)
    if len(theirs) != len(ours) or max(Counter(fact.text for fact in theirs).values()) > 1:
        return None
    text, marks = unit.target_text, []
    for number, (old, new) in enumerate(zip(theirs, ours, strict=True)):
        if old.kind != new.kind or not _same_plural(old, new, segment.target):
            return None
        written = old.written(segment.target)
        if text.count(written) != 1:
            return None
        text = text.replace(written, f"\ue000{number}\ue001")
        marks.append((f"\ue000{number}\ue001", new.written(segment.target)))
    for mark, written in marks:
        text = text.replace(mark, written)
    return None if any(lost_and_invented(ours, text, segment.target)) else text


def _same_plural(old: Fact, new: Fact, target: str) -> bool:
    if old.text == new.text or old.kind != FactKind.NUMBER:
        return True
    plural = Locale.parse(BY_CODE[target].locale).plural_form
    ours, theirs = ("".join(c for c in fact.text if c.isdecimal()) for fact in (new, old))
    return bool(ours and theirs) and plural(int(ours)) == plural(int(theirs))
