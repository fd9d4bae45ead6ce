"""The words of the field in fifteen languages, read as data from the concept tables of the encoder."""

from collections.abc import Iterator
from dataclasses import dataclass

from .cleaning import normalise
from .config import CORPUS_NAMES, ENGLISH, NeuralConfig


@dataclass(frozen=True, slots=True)
class ConceptPair:
    """A name of a concept in English and in another language. The first form of a language is what a
    translation says; the others (not `english_first`, not `text_first`) are only read."""

    language: str
    english: str
    text: str
    english_first: bool
    text_first: bool


def read_concepts(config: NeuralConfig) -> Iterator[ConceptPair]:
    """Yield every form of a language with the first English one, and every English form with its first."""
    for path in sorted((config.domain / "concepts").glob("*.tsv")):
        lines = path.read_text(encoding="utf-8").split("\n")
        columns = {name: number for number, name in enumerate(lines[0].split("\t"))}
        for line in filter(None, lines[1:]):
            cells = line.split("\t")
            english = _forms(cells, columns.get(ENGLISH))
            for language in config.languages[1:] if english else ():
                forms = _forms(cells, columns.get(CORPUS_NAMES.get(language, language)))
                yield from _pairs(language, english, forms)


def _forms(cells: list[str], column: int | None) -> list[str]:
    cell = cells[column] if column is not None and column < len(cells) else ""
    return [form for form in map(normalise, cell.split(";")) if form]


def _pairs(language: str, english: list[str], forms: list[str]) -> Iterator[ConceptPair]:
    for number, form in enumerate(forms):
        yield ConceptPair(language, english[0], form, True, number == 0)
    for other in english[1:] if forms else ():
        yield ConceptPair(language, other, forms[0], False, True)
