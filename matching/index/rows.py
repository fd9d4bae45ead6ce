"""Listings in ascending order of id, with the exact search that every implementation falls back on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.errors import DimensionMismatch
from matching.index.attributes import Attributes, AttributeTable
from matching.index.vectors import SCALE, Fixed, exact_scores, to_fixed

Ids = NDArray[np.int64]
Positions = NDArray[np.intp]

# Rows converted to float32 at a time: the block stays in the processor's cache.
_BLOCK = 1_024
# Coarse scores held at a time (float32): bounds the memory of many queries against many rows.
_MAX_SCORES = 1 << 24


class Hit(NamedTuple):
    """A listing found, and its score: higher is better."""

    id: int
    score: float


@dataclass(frozen=True, slots=True)
class Rows:
    """Ids (n,) ascending and distinct, vectors (n, d) in fixed point, attributes of n listings; immutable."""

    ids: Ids
    vectors: Fixed
    attributes: AttributeTable

    @classmethod
    def empty(cls, dimension: int) -> Rows:
        return cls(np.empty(0, np.int64), np.empty((0, dimension), np.int16), AttributeTable.from_rows([]))

    @classmethod
    def pack(
        cls,
        ids: Iterable[int],
        vectors: ArrayLike,
        attributes: Sequence[Attributes] | AttributeTable,
        dimension: int,
    ) -> Rows:
        """Check and normalise listings; of an id given twice the last wins. Errors as in `to_fixed`."""
        table = attributes
        if not isinstance(table, AttributeTable):
            table = AttributeTable.from_rows(table)
        keys = as_ids(ids)
        if keys.size == 0 == len(table):
            return cls.empty(dimension)
        fixed = to_fixed(vectors, dimension)
        if not len(keys) == len(fixed) == len(table):
            raise DimensionMismatch(f"{len(keys)} ids, {len(fixed)} vectors, {len(table)} attribute rows")
        distinct, last = np.unique(keys[::-1], return_index=True)
        rows = len(keys) - 1 - last
        return cls(distinct, fixed[rows], table.take(rows))

    def __len__(self) -> int:
        return len(self.ids)

    def positions(self, ids: Ids) -> Positions:
        """Return the row numbers of those of `ids` that are here."""
        if not len(self):
            return np.empty(0, np.intp)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self) - 1)
        found: Positions = at[self.ids[at] == ids]
        return found

    def take(self, rows: NDArray[Any]) -> Rows:
        """Return the rows with the given numbers (ascending) or where a bool array is true."""
        return Rows(self.ids[rows], self.vectors[rows], self.attributes.take(rows))

    def without(self, ids: Ids) -> Rows:
        """Return the rows whose id is not among `ids`."""
        gone = self.positions(ids)
        if not gone.size:
            return self
        keep = np.ones(len(self), dtype=bool)
        keep[gone] = False
        return self.take(keep)

    def updated(self, newer: Rows) -> Rows:
        """Return these rows with `newer` added; a newer row replaces the one with its id."""
        older = self.without(newer.ids)
        ids = np.concatenate([older.ids, newer.ids])
        order = np.argsort(ids)
        vectors = np.concatenate([older.vectors, newer.vectors])[order]
        return Rows(ids[order], vectors, older.attributes.append(newer.attributes).take(order))

    def search(self, queries: Fixed, k: int, positions: Positions | None = None) -> list[list[Hit]]:
        """Return for each query (q, d) the best k of the rows with the given numbers, or of all, exactly."""
        count = len(self) if positions is None else len(positions)
        group = max(1, _MAX_SCORES // max(count, 1))
        hits: list[list[Hit]] = []
        for start in range(0, len(queries), group):
            some = queries[start : start + group]
            for query, scores in zip(some, self._coarse_scores(some, positions), strict=True):
                near = _nearly_best(scores, k, self.vectors.shape[1])
                hits.append(self.rank(query, near if positions is None else positions[near], k))
        return hits

    def rank(self, query: Fixed, positions: Positions, k: int) -> list[Hit]:
        """Return the best k of the given rows: by descending exact score, then by ascending id."""
        positions = np.sort(positions)  # as the ids ascend with the rows
        if len(positions) <= _BLOCK:
            scores = exact_scores(self.vectors[positions], query)
        else:
            blocks = range(0, len(positions), _BLOCK)
            scores = np.concatenate(
                [exact_scores(self.vectors[positions[at : at + _BLOCK]], query) for at in blocks]
            )
        best = np.argsort(-scores, kind="stable")[:k]
        return list(map(Hit, self.ids[positions[best]].tolist(), scores[best].tolist()))

    def _coarse_scores(self, queries: Fixed, positions: Positions | None) -> NDArray[np.float32]:
        """Return the float32 inner products (q, n), which may be off by float32's rounding."""
        count = len(self) if positions is None else len(positions)
        columns = queries.T.astype(np.float32) / np.float32(SCALE)
        scores = np.empty((len(queries), count), np.float32)
        block = np.empty((_BLOCK, self.vectors.shape[1]), np.float32)
        for start in range(0, count, _BLOCK):
            stop = min(start + _BLOCK, count)
            chunk = slice(start, stop) if positions is None else positions[start:stop]
            floats = block[: stop - start]
            floats[:] = self.vectors[chunk]
            scores[:, start:stop] = (floats @ columns).T
        scores /= np.float32(SCALE)
        return scores


def as_ids(ids: Iterable[int]) -> Ids:
    """Return ids as int64, shape (n,)."""
    return np.array(ids if isinstance(ids, np.ndarray) else list(ids), dtype=np.int64).reshape(-1)


def _nearly_best(scores: NDArray[np.float32], k: int, dimension: int) -> Positions:
    """Return the positions that may be among the best k once the scores' rounding error is allowed for."""
    if k >= len(scores):
        return np.arange(len(scores))
    if k == 0:
        return np.empty(0, np.intp)
    kth = np.partition(scores, len(scores) - k)[len(scores) - k]
    # A float32 dot product of unit vectors errs by at most d * 2^-24; two of them are compared; twice that.
    return np.flatnonzero(scores >= kth - dimension * 2.0**-22)
