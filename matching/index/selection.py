"""Which rows of a snapshot a search may return: their numbers when they are few, else one bit each."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.index.rows import Positions

Bits = NDArray[np.uint8]
"""One bit per row, row r in bit r % 8 of byte r // 8, padded to whole 64-bit words."""

# Above this share of all rows a bitmap is smaller than a list of 32-bit numbers.
LISTED_SHARE = 32


def words(total: int) -> int:
    """Return the length in bytes of a bitmap of `total` rows."""
    return -(-total // 64) * 8


def bits_of(rows: NDArray[Any], total: int) -> Bits:
    """Return the bitmap of the given row numbers, or of a bool array of `total` rows."""
    if rows.dtype == bool:
        mask = rows
    else:
        mask = np.zeros(total, dtype=bool)
        mask[rows] = True
    bits = np.zeros(words(total), np.uint8)
    packed = np.packbits(mask, bitorder="little")
    bits[: len(packed)] = packed
    return bits


def rows_of(bits: Bits) -> Positions:
    """Return the numbers of the rows in a bitmap, ascending."""
    return np.flatnonzero(np.unpackbits(bits, bitorder="little").view(bool))


def holds(bits: Bits, rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Return for each of the row numbers whether the bitmap holds it."""
    found: NDArray[np.bool_] = (bits[rows >> 3] >> (rows & 7).astype(np.uint8) & 1).astype(bool)
    return found


def without(bits: Bits, rows: NDArray[Any]) -> Bits:
    """Return a copy of the bitmap that lacks the given rows."""
    left = bits.copy()
    np.bitwise_and.at(left, rows >> 3, ~(np.uint8(1) << (rows & 7).astype(np.uint8)))
    return left


class Selection:
    """Rows of a snapshot, held as either a bitmap or ascending numbers; the other form is made on demand."""

    def __init__(self, total: int, *, bits: Bits | None = None, rows: Positions | None = None) -> None:
        self.total = total
        if bits is not None:
            self.bits = bits
        if rows is not None:
            self.rows = rows

    @cached_property
    def bits(self) -> Bits:
        return bits_of(self.rows, self.total)

    @cached_property
    def rows(self) -> Positions:
        return rows_of(self.bits)

    @cached_property
    def count(self) -> int:
        if "rows" in self.__dict__:
            return len(self.rows)
        return int(np.bitwise_count(self.bits.view(np.uint64)).sum())

    def within(self, alive: Bits | None) -> Selection:
        """Return the rows that are also in `alive`; None stands for all."""
        if alive is None:
            return self
        if "rows" in self.__dict__:
            return Selection(self.total, rows=self.rows[holds(alive, self.rows)])
        return Selection(self.total, bits=self.bits & alive)
