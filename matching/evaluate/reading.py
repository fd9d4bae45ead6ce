"""Input files of the evaluation commands, read strictly: a wrong figure is worse than an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Qrels = dict[str, dict[str, int]]
"""{query id: {document id: grade}}"""


class InputError(Exception):
    """A file cannot be evaluated; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Document:
    """A query or a document to be found."""

    id: str
    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class Bitext:
    """Aligned sentences: `columns[language][row]`; an empty string where a language has none."""

    columns: dict[str, list[str]]
    rows: int


def read_bitext(path: Path) -> Bitext:
    """Return a TSV of aligned rows under a header of language codes."""
    lines = _read_lines(path)
    _, header = next(lines, (0, ""))
    languages = [code.strip() for code in header.split("\t")]
    if len(languages) < 2 or len(set(languages)) < len(languages) or not all(map(_is_code, languages)):
        raise InputError(f"{path}:1: the header must name two or more different languages, e.g. 'en\\tko'")
    columns: dict[str, list[str]] = {language: [] for language in languages}
    rows = 0
    for number, line in lines:
        cells = line.split("\t")
        if len(cells) != len(languages):
            raise InputError(f"{path}:{number}: {len(cells)} columns, the header has {len(languages)}")
        rows += 1
        for language, cell in zip(languages, cells, strict=True):
            columns[language].append(cell.strip())
    if not rows:
        raise InputError(f"{path}: no row below the header")
    return Bitext(columns, rows)


def read_documents(path: Path) -> list[Document]:
    """Return the documents of a JSONL file: id and lang required, title and body may be missing."""
    documents, seen = [], set()
    for number, line in _read_lines(path):
        document = _parse_document(line, f"{path}:{number}")
        if document.id in seen:
            raise InputError(f"{path}:{number}: id {document.id!r} occurs twice")
        seen.add(document.id)
        documents.append(document)
    if not documents:
        raise InputError(f"{path}: no document")
    return documents


def _parse_document(line: str, where: str) -> Document:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where}: not JSON ({error})") from None
    if not isinstance(data, dict) or not isinstance(data.get("id"), str | int):
        raise InputError(f"{where}: an object with an 'id' is needed")
    parts = [data.get("title"), data.get("body")]
    if not all(part is None or isinstance(part, str) for part in parts):
        raise InputError(f"{where}: 'title' and 'body' must be strings")
    return Document(str(data["id"]), str(data.get("lang") or "und"), "\n".join(filter(None, parts)))


def read_qrels(path: Path) -> Qrels:
    """Return {query id: {document id: grade}} of a TSV; a header line is skipped."""
    qrels: Qrels = {}
    for number, line in _read_lines(path):
        cells = line.split("\t")
        if len(cells) != 3:
            raise InputError(f"{path}:{number}: query id, document id and grade needed, tab-separated")
        query, document, grade = (cell.strip() for cell in cells)
        if number == 1 and not _is_grade(grade):
            continue
        if not _is_grade(grade):
            raise InputError(f"{path}:{number}: grade {grade!r} is not a number from 0 to 10")
        qrels.setdefault(query, {})[document] = int(float(grade))
    if not any(grade > 0 for grades in qrels.values() for grade in grades.values()):
        raise InputError(f"{path}: no judgement above 0")
    return qrels


def choose(documents: list[Document], languages: str | None, what: str) -> list[Document]:
    """Return the documents in the given languages: codes with commas, `zh` for `zh-Hans`, too; None: all."""
    if languages is None:
        return documents
    codes = [code.strip().lower() for code in languages.split(",")]
    chosen = [
        document
        for document in documents
        if any(f"{document.lang.lower()}-".startswith(f"{code}-") for code in codes)
    ]
    if not chosen:
        raise InputError(f"no {what} is in {languages!r}; there are {sorted({d.lang for d in documents})}")
    return chosen


def _is_grade(text: str) -> bool:
    try:
        return float(text).is_integer() and 0 <= float(text) <= 10
    except ValueError:
        return False


def _is_code(text: str) -> bool:
    return 2 <= len(text) <= 12 and text.isascii() and text.replace("-", "").isalnum()


def _read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (number, line) of the non-blank lines; a byte-order mark is dropped."""
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as stream:
            for number, line in enumerate(stream, 1):
                line = line.rstrip("\r\n")
                if line.strip():
                    yield number, line
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from None
