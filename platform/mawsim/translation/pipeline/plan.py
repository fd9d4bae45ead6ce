"""What there is to translate: the distinct sentences of a batch of texts, and where each is needed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mawsim.translation.claims import Key
from mawsim.translation.engines.base import Candidate, Form, Segment
from mawsim.translation.facts import Fact, FactKind, find
from mawsim.translation.glossary import Applied, Glossary
from mawsim.translation.hashing import fingerprint, source_hash
from mawsim.translation.scopes import PUBLIC, Scope
from mawsim.translation.segmentation import normalised, sentences
from mawsim.translation.sentinels import Masked, mask, words_only
from mawsim.translation.texts import Piece, Text


@dataclass(slots=True, eq=False)
class Slot:
    """One sentence under the terms that apply to it, its answer, or why there is none."""

    sentence: str
    hash: str
    text: Text  # the first text that holds it
    applied: Applied
    facts: tuple[Fact, ...]
    masked: Masked
    uses: int = 0  # pieces that wait for it
    answer: Candidate | None = None
    problems: tuple[str, ...] = ()
    error: str = ""  # of the engine that was asked last
    transient: bool = False  # it may come later
    tried: set[str] = field(default_factory=set)  # engines

    @classmethod
    def of(cls, text: Text, sentence: str, glossary: Glossary | None = None) -> "Slot":
        scopes = text.lookup
        applied = glossary.applied(sentence, text.source, text.target, scopes) if glossary else Applied()
        facts = tuple(find(sentence, text.source, [*text.names, *applied.kept]))
        return cls(sentence, source_hash(sentence), text, applied, facts, mask(sentence, facts))

    @property
    def has_words(self) -> bool:
        return any(character.isalpha() for character in words_only(self.masked))

    @property
    def scope(self) -> Scope:
        """Where a machine's answer belongs: with the text, or with whose terms went into it."""
        if not self.text.scope.is_public or not self.applied.scopes:
            return self.text.scope
        return max(self.applied.scopes)

    def key(self, engine: str, scope: Scope | None = None) -> Key:
        return Key(self.hash, self.text.source, self.text.target, engine, self._terms(), scope or self.scope)

    def keys(self, engine: str) -> list[Key]:
        """Under which an answer may be found: the public one first, unless private terms went into it."""
        return [self.key(engine, scope) for scope in ([] if self.applied.scopes else [PUBLIC]) + [self.scope]]

    def segment(self, form: Form) -> Segment:
        text = self.masked.text if form == Form.MASKED else self.sentence
        return Segment(text, self.text.source, self.text.target, (), self.applied.hints)

    def piece(self, gap: str) -> Piece:
        if self.answer is None:
            return Piece(self.sentence, self.sentence, gap, self.hash, problems=self.problems)
        return Piece(
            self.sentence,
            self.answer.text,
            gap,
            self.hash,
            self.answer.state,
            self.answer.engine,
            self.answer.score,
            self.answer.glossary_version,
            self.problems,
        )

    def _terms(self) -> str:
        names = {f"name:{fact.text}" for fact in self.facts if fact.kind == FactKind.NAME}
        return fingerprint([*names, self.applied.fingerprint] if self.applied.fingerprint else names)


class Plan:
    """The slots of a batch. Each text has a slot for the whole of it besides, which the memory may fill."""

    def __init__(self, whole: list[Slot], parts: list[list[tuple[Slot, str]]]) -> None:
        self.whole = whole
        self._parts = parts

    @classmethod
    def of(cls, texts: Sequence[Text]) -> "Plan":
        scopes = {scope for text in texts for scope in text.lookup}
        glossary = Glossary.load({text.source for text in texts}, scopes)
        known: dict[tuple[object, ...], Slot] = {}
        whole, parts = [], []
        for text in texts:
            whole.append(Slot.of(text, normalised(text.text)))
            found = sentences(text.text, text.source)
            parts.append([(_slot(known, glossary, text, part.text), part.gap) for part in found])
        return cls(whole, parts)

    def slots_of(self, index: int) -> list[tuple[Slot, str]]:
        """(slot, gap after it) of a text: of its sentences, unless the whole is known."""
        whole = self.whole[index]
        return [(whole, "")] if whole.answer else self._parts[index]

    def open_slots(self) -> list[Slot]:
        """What is still to be translated, in the order of the texts, each once."""
        return [slot for slot in self._needed() if slot.answer is None]

    @property
    def total(self) -> int:
        return len(self._needed())

    @property
    def done(self) -> int:
        return sum(slot.answer is not None for slot in self._needed())

    def _needed(self) -> list[Slot]:
        slots = [slot for index in range(len(self.whole)) for slot, _gap in self.slots_of(index)]
        return list(dict.fromkeys(slots))


def _slot(known: dict[tuple[object, ...], Slot], glossary: Glossary, text: Text, sentence: str) -> Slot:
    identity = (sentence, text.source, text.target, text.scope, text.also, text.names)
    if identity not in known:
        known[identity] = Slot.of(text, sentence, glossary)
    known[identity].uses += 1
    return known[identity]
