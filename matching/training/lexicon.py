"""The taxonomy's names in many languages, and names held out to test what was learnt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.text import normalise
from matching.training.frames import FRAMES

DEFAULT_LEXICON = Path(__file__).resolve().parents[2] / "platform" / "mawsim" / "taxonomy" / "data" / "labels"
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
