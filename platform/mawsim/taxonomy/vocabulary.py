"""Codes of the taxonomy and their labels and synonyms in fifteen languages.

`data/codes.tsv` lists vocabulary, code, group and English label; `data/labels/<language>.tsv` lists
`vocabulary.code`, label and synonyms. Files are read once per process, each language on first use.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


class Vocabulary(StrEnum):
    PILLAR = "pillar"
    SECTOR = "sector"
    TECHNOLOGY = "technology"
    PARTNERSHIP = "partnership"
    STAGE = "stage"
    GROUP = "group"  # headings of the technologies


@dataclass(frozen=True, slots=True)
class Term:
    """A code as one language names it."""

    vocabulary: Vocabulary
    code: str
    label: str
    synonyms: tuple[str, ...]
    group: str = ""


class UnknownCode(KeyError):
    """A code that the vocabulary does not hold."""


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


@cache
def _groups() -> dict[tuple[Vocabulary, str], str]:
    """(vocabulary, code) -> group, in the order in which lists show them."""
    return {(Vocabulary(row["vocabulary"]), row["code"]): row["group"] for row in _rows(DATA / "codes.tsv")}


@cache
def codes(vocabulary: Vocabulary) -> tuple[str, ...]:
    """All codes of a vocabulary, in display order."""
    return tuple(code for kind, code in _groups() if kind == vocabulary)


@cache
def _terms(language: str) -> dict[tuple[Vocabulary, str], Term]:
    labels = {row["code"]: row for row in _rows(DATA / "labels" / f"{language}.tsv")}
    terms = {}
    for (vocabulary, code), group in _groups().items():
        row = labels[f"{vocabulary}.{code}"]
        synonyms = tuple(part.strip() for part in row["synonyms"].split("|") if part.strip())
        terms[vocabulary, code] = Term(vocabulary, code, row["label"], synonyms, group)
    return terms


def term(vocabulary: Vocabulary, code: str, language: str) -> Term:
    """The term of a code; `UnknownCode` where there is none."""
    try:
        return _terms(language)[vocabulary, code]
    except KeyError as error:
        raise UnknownCode(f"{vocabulary}.{code}") from error


def label(vocabulary: Vocabulary, code: str, language: str) -> str:
    return term(vocabulary, code, language).label


def terms(vocabulary: Vocabulary, language: str) -> list[Term]:
    """All terms of a vocabulary in one language, in display order."""
    return [entry for (kind, _), entry in _terms(language).items() if kind == vocabulary]


def choices(vocabulary: Vocabulary, language: str) -> list[tuple[str, str]]:
    """(code, label) pairs for a form."""
    return [(entry.code, entry.label) for entry in terms(vocabulary, language)]


def exists(vocabulary: Vocabulary, code: str) -> bool:
    return (vocabulary, code) in _groups()


def grouped(vocabulary: Vocabulary, language: str) -> list[tuple[Term | None, list[Term]]]:
    """The terms under their headings, in display order; None heads a vocabulary without groups."""
    groups: dict[str, list[Term]] = {}
    for entry in terms(vocabulary, language):
        groups.setdefault(entry.group, []).append(entry)
    return [
        (term(Vocabulary.GROUP, group, language) if group else None, entries)
        for group, entries in groups.items()
    ]
