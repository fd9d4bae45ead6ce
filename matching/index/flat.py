"""The index in memory, searched exactly: the reference for the others, and enough for small collections."""

from __future__ import annotations

import threading

import numpy as np

from matching.index.base import Filter, Hit, VectorIndex
from matching.index.rows import Ids, Rows
from matching.index.vectors import Fixed


class FlatIndex(VectorIndex):
    """All rows as one immutable value: a writer swaps it, so readers need no lock."""

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self._rows = Rows.empty(dimension)
        self._writing = threading.Lock()

    def __len__(self) -> int:
        return len(self._rows)

    def _upsert(self, rows: Rows) -> None:
        with self._writing:
            self._rows = self._rows.updated(rows)

    def _remove(self, ids: Ids) -> None:
        with self._writing:
            self._rows = self._rows.without(ids)

    def _search(self, queries: Fixed, k: int, where: Filter | None) -> list[list[Hit]]:
        rows = self._rows
        among = None if where is None else np.flatnonzero(rows.attributes.allowed(where))
        return rows.search(queries, k, among)

    def _find(self, ids: Ids) -> Rows:
        rows = self._rows
        return rows.take(np.unique(rows.positions(ids)))
