"""The project's own knowledge of the field as examples: concepts, sentences about them, paraphrase groups."""

from __future__ import annotations

import json
import pickle
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
from tokenizers import Tokenizer

from matching.text import normalise
from matching.training.config import TrainingConfig
from matching.training.examples import Examples
from matching.training.frames import FRAMES, UNSPACED
from matching.training.lexicon import Lexicon, LexiconError, read_lexicon
from matching.training.teacher import encode_with_teacher
from matching.training.wordnet import read_wordnet

Concept = Mapping[str, Sequence[str]]
"""{language: names}; the names of one language mean the same."""
_FRAMES = {language: tuple(map(normalise, frames)) for language, frames in FRAMES.items()}
COUNTS = (0.4, 0.4, 0.2)
"""Chances that a composed text names one, two or three concepts."""


def read_concepts(folder: Path) -> list[Concept]:
    """Return the concepts of all `<area>.tsv` files: key, then a column per language, names split by '; '."""
    concepts: list[Concept] = []
    for path in sorted(folder.glob("*.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        _, *languages = ("zh-Hans" if code == "zh" else code for code in lines[0].split("\t"))
        for number, line in enumerate(lines[1:], 2):
            cells = line.split("\t")[1:]
            if len(cells) != len(languages) or not all(cells):
                raise LexiconError(f"{path}:{number}: a name in each of {len(languages)} languages is needed")
            names = [tuple(dict.fromkeys(map(normalise, cell.split("; ")))) for cell in cells]
            concepts.append(dict(zip(languages, names, strict=True)))
    return concepts


def list_concepts(lexicon: Lexicon) -> list[Concept]:
    """Return the taxonomy's concepts in the same form."""
    return [
        {language: names[number] for language, names in lexicon.names.items()}
        for number in range(len(lexicon.codes))
    ]


def read_groups(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Return {topic: [(language, text)]} of all `<area>.jsonl` files."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            groups[f"{row['cluster']}/{row['topic']}"].append((row["lang"], normalise(row["text"])))
    return groups


def load_knowledge(config: TrainingConfig) -> list[Examples]:
    """Return `build_knowledge`'s examples, kept in knowledge.pkl of the work folder."""
    path = config.work / "knowledge.pkl"
    if not path.exists():
        part = path.with_suffix(".part")
        part.write_bytes(pickle.dumps(build_knowledge(config, read_lexicon(config.lexicon))))
        part.rename(path)
    return pickle.loads(path.read_bytes())  # noqa: S301 - written by the line above


def build_knowledge(
    config: TrainingConfig, lexicon: Lexicon, without: frozenset[str] = frozenset()
) -> list[Examples]:
    """Return the examples by kind: names of the field, sentences about them, groups, general vocabulary.

    Names in `without` are left out, so that they can test what was learnt without them.
    """
    builder = Builder(config)
    concepts = [*list_concepts(lexicon), *read_concepts(config.domain / "concepts")]
    concepts = [leave_out(concept, without) for concept in concepts]
    parts = [
        builder.name(concepts),
        builder.compose(concepts),
        builder.group(read_groups(config.domain / "groups")),
    ]
    if config.wordnets.name:
        words = read_wordnet(config.wordnets).values()
        parts.append(builder.name([leave_out(concept, without) for concept in words]))
    return parts


def leave_out(concept: Concept, without: frozenset[str]) -> Concept:
    """Return the concept without some names; a language keeps its first name if all would go."""
    return {
        language: tuple(name for name in names if name not in without) or names[:1]
        for language, names in concept.items()
    }


class Builder:
    """Turns texts and their English meanings into examples."""

    def __init__(self, config: TrainingConfig) -> None:
        self.config = config
        self.tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))

    def name(self, concepts: Sequence[Concept]) -> Examples:
        """Return every name of every concept; its goal is the mean of the English names' vectors."""
        goals = self._mean_goals([concept["en"] for concept in concepts])
        texts: list[str] = []
        owners: list[int] = []
        languages: list[int] = []
        for number, concept in enumerate(concepts):
            for language, names in concept.items():
                texts.extend(names)
                owners.extend([number] * len(names))
                languages.extend([_ORDER[language]] * len(names))
        return self._examples(texts, np.array(owners), np.array(languages), goals)

    def compose(self, concepts: Sequence[Concept]) -> Examples:
        """Return sentences that name one to three concepts, in English and three other languages each."""
        random = Random(f"{self.config.seed}/compose")  # noqa: S311
        english, texts, owners, languages = [], [], [], []
        others = [language for language in _FRAMES if language != "en"]
        for number in range(self.config.composed_sentences):
            chosen = random.sample(range(len(concepts)), random.choices((1, 2, 3), COUNTS)[0])
            frame = random.randrange(len(_FRAMES["en"])) if random.random() < 0.7 else None
            english.append(compose_text([concepts[i] for i in chosen], "en", frame, random))
            for language in ("en", *random.sample(others, 3)):
                texts.append(compose_text([concepts[i] for i in chosen], language, frame, random))
                owners.append(number)
                languages.append(_ORDER[language])
        goals = encode_with_teacher(self.config, english)
        return self._examples(texts, np.array(owners), np.array(languages), goals)

    def group(self, groups: Mapping[str, Sequence[tuple[str, str]]]) -> Examples:
        """Return the paraphrase groups; a group's goal is the mean of its English texts' vectors."""
        members = list(groups.values())
        goals = self._mean_goals([[text for lang, text in rows if lang == "en"] for rows in members])
        texts = [text for rows in members for _, text in rows]
        owners = np.repeat(np.arange(len(members)), [len(rows) for rows in members])
        return self._examples(texts, owners, np.zeros(len(texts), dtype=np.int8), goals)

    def _mean_goals(self, english: Sequence[Sequence[str]]) -> np.ndarray:
        vectors = encode_with_teacher(self.config, [text for row in english for text in row])
        means = np.stack(
            [p.mean(0) for p in np.split(vectors, np.cumsum([len(row) for row in english])[:-1])]
        )
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    def _examples(
        self, texts: list[str], owners: np.ndarray, strata: np.ndarray, goals: np.ndarray
    ) -> Examples:
        pieces = [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts)]
        lengths = np.array([len(ids) for ids in pieces])
        return Examples(
            np.concatenate(pieces).astype(np.uint16),
            np.concatenate([[0], np.cumsum(lengths)]),
            owners,
            strata.astype(np.int8),
            goals.astype(np.float16),
        )


_ORDER = {language: number for number, language in enumerate(FRAMES)}


def compose_text(concepts: list[Concept], language: str, frame: int | None, random: Random) -> str:
    """Return a text that names the concepts, inside sentence number `frame` of need or offer if given."""
    gap = "" if language in UNSPACED and random.random() < 0.5 else " "
    text = gap.join(random.choice(concept[language]) for concept in concepts)
    return text if frame is None else _FRAMES[language][frame].format(text)
