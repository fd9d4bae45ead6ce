"""Glossaries as CSV in UTF-8: a line per term."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from mawsim.translation.actions import TermData
from mawsim.translation.exchange.errors import BadFile
from mawsim.translation.exchange.tags import language_of
from mawsim.translation.models import Term, TermKind

if TYPE_CHECKING:
    import _csv

COLUMNS = (
    "concept",
    "kind",
    "source_language",
    "source_text",
    "target_language",
    "target_text",
    "case_sensitive",
    "note",
)
_NEEDED = {"source_language", "source_text"}
LINES_AT_MOST = 100_000
# Spreadsheets run cells that begin so as formulas.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(terms: Iterable[Term]) -> Iterator[str]:
    """With a byte order mark, without which spreadsheets take UTF-8 for something else."""
    yield "\ufeff" + _line(COLUMNS)
    for term in terms:
        yield _line(
            (
                term.concept,
                term.kind,
                term.source_language,
                term.source_text,
                term.target_language,
                term.target_text,
                "yes" if term.case_sensitive else "",
                term.note,
            )
        )


def parse(file: IO[bytes]) -> list[TermData]:
    """The terms; BadFile names the first line that is wrong. Columns may come in any order, and of the
    others than the source's two each may be missing."""
    try:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="").read()
    except UnicodeDecodeError as error:
        raise BadFile(_("The file is not in UTF-8."), error.object[: error.start].count(b"\n") + 1) from error
    sample = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=sample.count), strict=True)
    try:
        return list(_terms(rows))
    except csv.Error as error:
        raise BadFile(
            _("This is not a well-formed CSV file (%(reason)s).") % {"reason": error}, rows.line_num
        ) from error


def _terms(rows: "_csv.Reader") -> Iterator[TermData]:
    columns = [name.strip().casefold().replace(" ", "_") for name in next(rows, [])]
    if missing := sorted(_NEEDED - set(columns)):
        raise BadFile(_("These columns are missing: %(names)s") % {"names": ", ".join(missing)}, 1)
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if rows.line_num > LINES_AT_MOST:
            raise BadFile(_("The file has too many lines."), rows.line_num)
        if len(row) > len(columns):
            raise BadFile(_("There are more cells than columns."), rows.line_num)
        yield _term({name: _plain(cell) for name, cell in zip(columns, row, strict=False)}, rows.line_num)


def _term(cells: dict[str, str], line: int) -> TermData:
    kind = cells.get("kind") or (TermKind.PREFERRED if cells.get("target_text") else TermKind.KEEP)
    if kind not in TermKind.values:
        raise BadFile(_("Unknown kind of term: %(kind)s") % {"kind": kind[:40]}, line)
    is_kept = kind == TermKind.KEEP
    return TermData(
        TermKind(kind),
        _language(cells["source_language"], line),
        cells["source_text"],
        "" if is_kept else _language(cells.get("target_language", ""), line),
        "" if is_kept else cells.get("target_text", ""),
        cells.get("case_sensitive", "").casefold() in {"yes", "true", "1"},
        cells.get("concept", "")[:60],
        cells.get("note", "")[:500],
    )


def _language(tag: str, line: int) -> str:
    if (code := language_of(tag)) is None:
        raise BadFile(_("Unknown language: %(language)s") % {"language": tag[:40]}, line)
    return code


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return buffer.getvalue()


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
