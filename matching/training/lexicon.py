"""The words of the field: names of concepts in many languages, and texts composed of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from matching.text import normalise
from matching.training.frames import FRAMES, UNSPACED

DEFAULT_LEXICON = Path(__file__).resolve().parents[2] / "platform" / "mawsim" / "taxonomy" / "data" / "labels"
CONCEPT_COUNTS = (0.5, 0.35, 0.15)
"""Chances that a text names one, two or three concepts."""
FRAMED = 0.4
SAME_LANGUAGE = 0.15
_FRAMES = {language: tuple(map(normalise, frames)) for language, frames in FRAMES.items()}
HEADER = "code\tlabel\tsynonyms"


class LexiconError(Exception):
    """A lexicon cannot be read; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`names[language][i]` are the label and then the synonyms, normalised, of concept `codes[i]`."""

    codes: tuple[str, ...]
    names: dict[str, tuple[tuple[str, ...], ...]]

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages, in a fixed order."""
        return tuple(self.names)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A synonym kept from training."""

    code: str
    language: str
    name: str


@dataclass(frozen=True, slots=True)
class ConceptBatch:
    """Two texts per row about the same concepts; `members` (rows, concepts) marks which, as float32."""

    left: list[str]
    right: list[str]
    members: np.ndarray


def read_lexicon(folder: Path) -> Lexicon:
    """Return the lexicon of `<language>.tsv` files (code, label, synonyms split by ' | ').

    Raises LexiconError if a file is missing or malformed, or if the files differ in their codes.
    """
    codes: tuple[str, ...] = ()
    names: dict[str, tuple[tuple[str, ...], ...]] = {}
    for language in FRAMES:
        rows = _read_names(folder / f"{language}.tsv")
        codes = codes or tuple(rows)
        if set(rows) != set(codes):
            raise LexiconError(f"{folder / language}.tsv: not the same codes as in en.tsv")
        names[language] = tuple(rows[code] for code in codes)
    return Lexicon(codes, names)


def _read_names(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}: {error}") from None
    if not lines or lines[0] != HEADER:
        raise LexiconError(f"{path}:1: the header must be {HEADER!r}")
    rows: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != 3 or not cells[1].strip() or cells[0] in rows:
            raise LexiconError(f"{path}:{number}: a new code, a label and synonyms are needed, tab-separated")
        given = map(normalise, (cells[1], *cells[2].split(" | ")))
        rows[cells[0]] = tuple(dict.fromkeys(filter(None, given)))
    return rows


def hold_out(lexicon: Lexicon, share: float, seed: int) -> tuple[Lexicon, list[HeldOut]]:
    """Return the lexicon without a random `share` of its non-English synonyms, and those synonyms.

    A held-out string is left out in every language and under every code. Only strings that are no
    label anywhere and not an English name are taken: those would be known all the same.
    """
    known = {name for names in lexicon.names["en"] for name in names}
    known |= {names[0] for rows in lexicon.names.values() for names in rows}
    candidates = [
        HeldOut(code, language, name)
        for language, rows in lexicon.names.items()
        for code, names in zip(lexicon.codes, rows, strict=True)
        for name in names[1:]
        if name not in known
    ]
    order = np.random.default_rng([seed, 2]).permutation(len(candidates))
    chosen = [candidates[i] for i in np.sort(order[: round(share * len(candidates))])]
    gone = {held.name for held in chosen}
    kept = {
        language: tuple(tuple(n for n in names if n not in gone) for names in rows)
        for language, rows in lexicon.names.items()
    }
    return Lexicon(lexicon.codes, kept), chosen


def draw_batch(lexicon: Lexicon, size: int, random: Random) -> ConceptBatch:
    """Return `size` rows of one to three random concepts, each told twice, mostly in two languages."""
    members = np.zeros((size, len(lexicon.codes)), dtype=np.float32)
    concepts, languages = range(len(lexicon.codes)), lexicon.languages
    left, right = [], []
    for row, many in enumerate(random.choices((1, 2, 3), CONCEPT_COUNTS, k=size)):
        chosen = random.sample(concepts, many)
        members[row, chosen] = 1
        first, second = random.sample(languages, 2)
        left.append(compose(lexicon, chosen, first, random))
        random.shuffle(chosen)
        right.append(compose(lexicon, chosen, first if random.random() < SAME_LANGUAGE else second, random))
    return ConceptBatch(left, right, members)


def compose(lexicon: Lexicon, concepts: list[int], language: str, random: Random) -> str:
    """Return a normalised text that names the concepts, sometimes inside a sentence of need or offer."""
    rows = lexicon.names[language]
    gap = "" if language in UNSPACED and random.random() < 0.5 else " "
    text = gap.join(random.choice(rows[concept]) for concept in concepts)
    return random.choice(_FRAMES[language]).format(text) if random.random() < FRAMED else text


def find_overlaps(members: np.ndarray) -> np.ndarray:
    """Return (rows, rows) bool: one row's concepts include all of the other's, so they are no negatives."""
    sizes = members.sum(1)
    return members @ members.T >= np.minimum(sizes[:, None], sizes[None])
