"""Which rows have which code, read straight from the disk: what makes a filter cheap at a million rows.

For every code of every attribute a snapshot keeps the rows that have it, as ascending 32-bit numbers or, when
they are many, as a bitmap. A filter touches only the codes that it names, so its cost goes with what it
lets through and not with the collection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from matching.index.attributes import SCALARS, SETS, WORD_BITS, AttributeTable, Filter
from matching.index.rows import Positions
from matching.index.selection import LISTED_SHARE, Bits, Selection, bits_of, holds, rows_of, words

ATTRIBUTES = (*SCALARS, *SETS)
# One entry per code in use, sorted by attribute and code; `start` is in 8-byte steps, `count` in rows.
ENTRY = np.dtype([("attribute", "u1"), ("code", "<i8"), ("start", "<u8"), ("count", "<u4")])


def write_postings(table: AttributeTable, directory: Path, postings: Path) -> None:
    """Write which rows have which code to two files: the entries, and the rows themselves."""
    entries: list[tuple[int, int, int, int]] = []
    with postings.open("wb") as file:
        for number, name in enumerate(ATTRIBUTES):
            for code, rows in _rows_by_code(table, name):
                start = _append(file, rows, len(table))
                entries.append((number, code, start, len(rows)))
    directory.write_bytes(np.array(entries, dtype=ENTRY).tobytes())


def _append(file: BinaryIO, rows: NDArray[Any], total: int) -> int:
    """Write rows in the form that `_Lists` expects of their number; return where, in 8-byte steps."""
    start = file.tell() // 8
    listed = rows.astype("<u4").tobytes()
    file.write(bits_of(rows, total).tobytes() if _is_bitmap(len(rows), total) else listed)
    file.write(bytes(-file.tell() % 8))
    return start


def _is_bitmap(count: int, total: int) -> bool:
    return count * LISTED_SHARE > total


def _rows_by_code(table: AttributeTable, name: str) -> Iterator[tuple[int, Positions]]:
    """Yield every code in use with its rows, both ascending."""
    if name in SCALARS:
        column = np.asarray(table.columns[name])
        order = np.argsort(column, kind="stable")
        codes, starts = np.unique(column[order], return_index=True)
        yield from zip(map(int, codes), np.split(order, starts[1:]), strict=False)
        return
    for word in range(SETS[name]):
        column = np.asarray(table.columns[f"{name}-{word}"])
        for bit in range(WORD_BITS):
            rows = np.flatnonzero(column & np.uint64(1 << bit))
            if rows.size:
                yield word * WORD_BITS + bit, rows


class Postings:
    """The two files of one snapshot, memory-mapped: `entries` (m,) of `ENTRY` and `stored` (bytes,)."""

    def __init__(self, entries: NDArray[Any], stored: NDArray[np.uint8], table: AttributeTable) -> None:
        self._stored = stored
        self._table = table
        self._total = len(table)
        self._all = bits_of(np.ones(self._total, dtype=bool), self._total)
        at = np.searchsorted(entries["attribute"], np.arange(len(ATTRIBUTES) + 1))
        self._of = {name: entries[at[i] : at[i + 1]] for i, name in enumerate(ATTRIBUTES)}

    def counts(self, name: str, among: Selection | None) -> dict[int, int]:
        """Return how many of the rows have each code of the attribute; a code may be there with none."""
        entries = self._of[name]
        if among is None:
            return dict(zip(entries["code"].tolist(), entries["count"].tolist(), strict=True))
        if among.count * LISTED_SHARE <= self._total or name in SCALARS:
            return self._table.counts(name, among.rows)
        return {int(entry["code"]): self._shared(entry, among.bits) for entry in entries}

    def _shared(self, entry: Any, bits: Bits) -> int:
        """Return how many rows of a bitmap have the entry's code."""
        start, count = int(entry["start"]) * 8, int(entry["count"])
        if _is_bitmap(count, self._total):
            both = self._stored[start : start + len(bits)] & bits
            return int(np.bitwise_count(both.view(np.uint64)).sum())
        return int(holds(bits, self._rows(entry)).sum())

    def select(self, where: Filter) -> Selection:
        """Return the rows that pass the filter, looking first at what lets the fewest through."""
        conditions = [(name, self._entries(name, codes)) for name, codes in where.allowed.items()]
        conditions.sort(key=lambda condition: int(condition[1]["count"].sum()))
        if conditions:
            first, entries = conditions[0]
            few = int(entries["count"].sum()) * LISTED_SHARE <= self._total
            if few:
                return self._among(self._listed(entries), where, skip=first)
        bits = self._all.copy()
        for _name, entries in conditions:
            bits &= self._united(entries)
        if where.excluded_organisations:
            out = self._entries("organisation", where.excluded_organisations)
            bits &= ~self._united(out)
        return Selection(self._total, bits=bits)

    def _among(self, rows: Positions, where: Filter, skip: str) -> Selection:
        """Return those of a few rows that pass the filter's other conditions."""
        others = {name: codes for name, codes in where.allowed.items() if name != skip}
        if others or where.excluded_organisations:
            passed = self._table.allowed(Filter(others, where.excluded_organisations), rows)
            rows = rows[passed]
        return Selection(self._total, rows=rows)

    def _entries(self, name: str, codes: Collection[int]) -> NDArray[Any]:
        known = self._of[name]
        wanted = np.array(sorted({int(code) for code in codes if -(2**63) <= code < 2**63}), dtype=np.int64)
        if not len(known) or not len(wanted):
            return known[:0]
        at = np.searchsorted(known["code"], wanted)
        at[at == len(known)] = 0
        found: NDArray[Any] = known[at[known["code"][at] == wanted]]
        return found

    def _listed(self, entries: NDArray[Any]) -> Positions:
        """Return the rows that have any of the codes, ascending, none twice."""
        if not len(entries):
            return np.empty(0, np.intp)
        parts = [self._rows(entry) for entry in entries]
        return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))

    def _rows(self, entry: Any) -> Positions:
        start, count = int(entry["start"]) * 8, int(entry["count"])
        if _is_bitmap(count, self._total):
            return rows_of(self._stored[start : start + words(self._total)])
        return self._stored[start : start + 4 * count].view("<u4").astype(np.intp)

    def _united(self, entries: NDArray[Any]) -> Bits:
        """Return the bitmap of the rows that have any of the codes."""
        bits = np.zeros(words(self._total), np.uint8)
        listed = []
        for entry in entries:
            start, count = int(entry["start"]) * 8, int(entry["count"])
            if _is_bitmap(count, self._total):
                bits |= self._stored[start : start + len(bits)]
            else:
                listed.append(self._rows(entry))
        if listed:
            bits |= bits_of(np.concatenate(listed), self._total)
        return bits
