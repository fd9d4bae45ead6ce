"""The packed data as training reads it."""

import io
import json
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .config import ENGLISH, NeuralConfig, Pair
from .parts import Parts, read_parts

MANIFEST, HELD = "manifest.json", "held.tsv"


def packed_folder(config: NeuralConfig) -> Path:
    return config.work / "packed"


@dataclass(frozen=True, slots=True)
class Language:
    """Which texts of a language translate English text `e`: `joined[joined_starts[e]:joined_starts[e + 1]]`;
    `sayable` are those among them that may be a translation, with `sayable_starts`."""

    joined: np.ndarray
    joined_starts: np.ndarray
    sayable: np.ndarray
    sayable_starts: np.ndarray


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything packed. Text `i`, of whatever language, is `tokens[starts[i]:starts[i + 1]]`."""

    tokens: np.ndarray
    starts: np.ndarray
    languages: dict[str, Language]
    manifest: dict[str, Any]

    def sizes(self, directions: tuple[Pair, ...]) -> np.ndarray:
        """How many English sentences have a text on both sides of each direction."""
        return np.array([len(self.shared(*pair)) for pair in directions], dtype=np.int64)

    def shared(self, source: str, target: str) -> np.ndarray:
        """The English texts (ids) with a text to read in `source` and one to say in `target`."""
        if not {source, target} <= set(self.languages):
            return np.zeros(0, dtype=np.int64)
        reads = np.diff(self.languages[source].joined_starts) > 0
        says = np.diff(self.languages[target].sayable_starts) > 0
        return np.flatnonzero(reads & says)


def load_manifest(config: NeuralConfig) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((packed_folder(config) / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def load_dataset(config: NeuralConfig) -> Dataset:
    """Join and check the parts. Raises parts.Damaged."""
    manifest = load_manifest(config)
    data = lzma.decompress(read_parts(packed_folder(config), Parts(**manifest["data"])))
    arrays = dict(np.load(io.BytesIO(data), allow_pickle=False))
    names = manifest["languages"]
    count = len(arrays[f"{ENGLISH}.lengths"])
    own, first, languages = np.arange(count, dtype=np.int32), 0, {}
    for name in names:
        english, texts = arrays.get(f"{name}.english", own), arrays.get(f"{name}.texts", own)
        spoken = ~arrays[f"{name}.read_only"][texts]
        languages[name] = Language(
            *_by_english(english, texts + first, count),
            *_by_english(english[spoken], texts[spoken] + first, count),
        )
        first += len(arrays[f"{name}.lengths"])
    tokens, lengths = (
        np.concatenate([arrays[f"{name}.{kind}"] for name in names]) for kind in ("tokens", "lengths")
    )
    starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    return Dataset(tokens, starts, languages, manifest)


def _by_english(english: np.ndarray, texts: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(english, kind="stable")
    return texts[order], np.concatenate([[0], np.cumsum(np.bincount(english, minlength=count))])


@dataclass(frozen=True, slots=True)
class HeldPair:
    """A held-out sentence and its translation, as written and with sentinels (numbered by the English)."""

    source: str
    target: str
    masked_source: str
    masked_target: str


def read_held(config: NeuralConfig) -> dict[str, dict[str, tuple[str, str, str, str]]]:
    """Return {language: {English: (English, text, masked English, masked text)}}."""
    found: dict[str, dict[str, tuple[str, str, str, str]]] = {}
    for line in (packed_folder(config) / HELD).read_text(encoding="utf-8").split("\n")[:-1]:
        language, english, text, masked_english, masked_text = line.split("\t")
        rows = found.setdefault(language, {})
        rows.setdefault(english, (english, text, masked_english, masked_text))
    return found


def held_pairs(
    held: dict[str, dict[str, tuple[str, str, str, str]]], source: str, target: str
) -> list[HeldPair]:
    """Held-out pairs of a direction; without English they are joined on their English sentence."""
    if source == ENGLISH:
        return [HeldPair(en, text, men, mtext) for en, text, men, mtext in held.get(target, {}).values()]
    rows = held.get(source, {})
    if target == ENGLISH:
        return [HeldPair(text, en, mtext, men) for en, text, men, mtext in rows.values()]
    others = held.get(target, {})
    return [
        HeldPair(row[1], others[english][1], row[3], others[english][3])
        for english, row in rows.items()
        if english in others and others[english][2] == row[2]
    ]
