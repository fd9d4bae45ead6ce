"""The approximate part of a large snapshot: a FAISS HNSW graph that proposes rows to be ranked exactly.

The graph walks over vectors of 8-bit whole numbers, compared by whole-number arithmetic: a quarter of the
memory of float32 and half of the time, and what the coarser numbers misjudge the exact ranking puts right.
A wide filter is followed in the graph by looking around further; a narrow one, or one that leaves only rows
far from the query, by comparing all that it allows. How far to look is measured when the snapshot is built.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.index.rows import Positions
from matching.index.selection import Selection
from matching.index.vectors import Fixed

NEIGHBOURS = 16
EFFORT_OF_BUILDING = 100
_BATCH = 50_000
# Spares make up for what 8 bits misjudge.
_SPARES = 12
# What each way of searching costs, in nanoseconds: a row kept in view by the walk; asking the bitmap about a
# row; comparing a row where it lies; fetching a row from anywhere and comparing it.
_VIEWED, _TESTED, _COMPARED, _FETCHED = 1_800, 3, 110, 150
# Components beyond this quantile are cut off, so that a single odd listing does not coarsen all others.
_QUANTILE = 0.9999
_SAMPLE = 2_000


def _faiss(threads: int = 1) -> Any:
    """Return faiss held to some threads; the setting is the calling thread's own, so it is made each time."""
    import faiss

    faiss.omp_set_num_threads(threads)
    return faiss


def measure_peak(vectors: Fixed) -> float:
    """Return the size of a component, as stored, that becomes the largest 8-bit number."""
    chosen = np.random.default_rng(0).choice(len(vectors), min(_SAMPLE, len(vectors)), replace=False)
    sample = np.abs(vectors[np.sort(chosen)].astype(np.float32))
    return max(1.0, float(np.quantile(sample, _QUANTILE)))


def build_graph(vectors: Fixed, peak: float, path: Path, threads: int) -> None:
    """Write the graph over (n, d) vectors to the path. Raises `RuntimeError` when the disk is full."""
    faiss = _faiss(threads)
    index = faiss.IndexHNSWSQ(
        vectors.shape[1], faiss.ScalarQuantizer.QT_8bit_direct, NEIGHBOURS, faiss.METRIC_L2
    )
    index.hnsw.efConstruction = EFFORT_OF_BUILDING
    index.is_trained = True
    index.storage.is_trained = True
    for start in range(0, len(vectors), _BATCH):
        index.add(to_bytes(vectors[start : start + _BATCH], peak))
    faiss.write_index(index, str(path))
    faiss.omp_set_num_threads(1)


def to_bytes(vectors: Fixed, peak: float) -> NDArray[np.float32]:
    """Return stored vectors (n, d) as whole numbers from 1 to 255 around 128, in float32 as FAISS takes them.

    Moving all vectors by 128 changes no distance between them, and it makes them unsigned.
    """
    floats = vectors.astype(np.float32)
    floats *= np.float32(127 / peak)
    np.rint(floats, out=floats)
    np.clip(floats, -127, 127, out=floats)
    floats += np.float32(128)
    return floats


class Graph:
    """The memory-mapped graph of one snapshot, searched by many threads at once."""

    def __init__(self, path: Path, peak: float) -> None:
        faiss = _faiss()
        self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
        self._codes = faiss.downcast_index(self._index.storage)
        self._peak = peak
        self._unfiltered: dict[int, Any] = {}
        count = self._index.ntotal
        # A view of the mapped file, not a copy.
        self._bytes = faiss.rev_swig_ptr(self._codes.codes.data(), count * self._index.d).reshape(count, -1)

    def propose(self, queries: Fixed, k: int, effort: int, allowed: Selection | None) -> list[Positions]:
        """Return for each query (q, d) allowed rows among which the best k most likely are.

        `effort` is how many of the nearest rows the walk keeps in view to find ten among all.
        """
        asked = to_bytes(queries, self._peak)
        wanted = 2 * k + _SPARES
        view = max(effort + 2 * k, wanted)
        if allowed is None:
            return self._walk(asked, wanted, view, None)
        view = math.ceil(view * len(self._bytes) / max(allowed.count, 1))
        fetch, compare = self._costs(allowed.count)
        if view * _VIEWED > min(fetch, compare):
            return self._compare(asked, wanted, allowed)
        found = self._walk(asked, wanted, view, allowed)
        # Fewer than asked for: what is allowed lies elsewhere, where the walk did not go.
        lost = [at for at, rows in enumerate(found) if len(rows) < wanted]
        if lost:
            for at, rows in zip(lost, self._compare(asked[lost], wanted, allowed), strict=True):
                found[at] = rows
        return found

    def _costs(self, allowed: int) -> tuple[int, int]:
        """Return what comparing so many rows costs when they are fetched, and when all are passed by."""
        return allowed * _FETCHED, len(self._bytes) * _TESTED + allowed * _COMPARED

    def _walk(self, asked: Any, wanted: int, view: int, allowed: Selection | None) -> list[Positions]:
        faiss = _faiss()
        if allowed is not None:
            params = faiss.SearchParametersHNSW(efSearch=view, sel=faiss.IDSelectorBitmap(allowed.bits))
        else:
            params = self._unfiltered.get(view)
            if params is None:
                params = self._unfiltered[view] = faiss.SearchParametersHNSW(efSearch=view)
        return _found(self._index.search(asked, wanted, params=params)[1])

    def _compare(self, asked: Any, wanted: int, allowed: Selection) -> list[Positions]:
        """Compare every allowed row, in 8 bits."""
        faiss = _faiss()
        fetch, compare = self._costs(allowed.count)
        wanted = min(wanted, allowed.count)
        if fetch > compare:
            params = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(allowed.bits))
            return _found(self._codes.search(asked, wanted, params=params)[1])
        few = faiss.IndexScalarQuantizer(self._index.d, faiss.ScalarQuantizer.QT_8bit_direct, faiss.METRIC_L2)
        few.add_sa_codes(self._bytes[allowed.rows])
        return [allowed.rows[at] for at in _found(few.search(asked, wanted)[1])]


def _found(rows: NDArray[np.int64]) -> list[Positions]:
    return [some if some[-1] >= 0 else some[some >= 0] for some in rows]
