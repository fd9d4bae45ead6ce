"""The approximate part of a large snapshot: FAISS inverted lists that propose rows to be ranked exactly.

Rows are grouped around centroids and kept as 8-bit codes. A query reads the lists nearest to it until it
has seen enough *allowed* rows, rather than a fixed number of lists: so a narrow filter, or one that leaves
only rows far from the query, reads further by itself. Recall comes from that effort, which is measured on
the data when the snapshot is built; the order comes from ranking the proposals by their stored vectors.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.index.rows import Mask, Positions
from matching.index.vectors import Fixed, to_float

# FAISS asks for at least 39 training vectors per centroid; more hardly moves them.
_TRAINING_PER_LIST = 48
_TRAINING_ROUNDS = 10
_BATCH = 50_000
# Allowed rows looked at to estimate how many of them each list holds.
_COUNTED = 50_000


def _faiss() -> Any:
    """Return faiss held to one thread; the setting is the calling thread's own, so it is made each time."""
    import faiss

    faiss.omp_set_num_threads(1)
    return faiss


def build_lists(vectors: Fixed, index_path: Path, assignment_path: Path) -> None:
    """Train on (n, d) vectors and write the FAISS index and each row's list number (uint32) to the paths."""
    faiss = _faiss()
    count, dimension = vectors.shape
    lists = 1 << round(math.log2(4 * math.sqrt(count)))
    quantizer = faiss.IndexFlatIP(dimension)
    index = faiss.IndexIVFScalarQuantizer(
        quantizer, dimension, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.spherical = True
    index.cp.niter = _TRAINING_ROUNDS
    sample = np.random.default_rng(0).choice(count, min(count, lists * _TRAINING_PER_LIST), replace=False)
    index.train(to_float(vectors[np.sort(sample)]))
    with assignment_path.open("wb") as assignment:
        for start in range(0, count, _BATCH):
            floats = to_float(vectors[start : start + _BATCH])
            keys = quantizer.assign(floats, 1)
            index.add_core(len(floats), faiss.swig_ptr(floats), None, faiss.swig_ptr(keys))
            keys.astype("<u4").tofile(assignment)
    faiss.write_index(index, str(index_path))


class InvertedLists:
    """Memory-mapped lists of one snapshot, read by many threads at once."""

    def __init__(self, index_path: Path, assignment: NDArray[np.uint32]) -> None:
        faiss = _faiss()
        self._index = faiss.read_index(str(index_path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
        self._assignment = assignment
        self._centroids = self._index.quantizer.reconstruct_n(0, self._index.nlist)
        self._sizes = np.bincount(assignment, minlength=self._index.nlist)

    def propose(self, queries: Fixed, count: int, effort: int, allowed: Mask | None) -> list[Positions]:
        """Return for each query (q, d) up to `count` allowed rows after comparing at least `effort` of them.

        Fewer than `count` come back only when the lists read hold fewer.
        """
        floats = to_float(queries)
        closeness = floats @ self._centroids.T
        nearest = np.argsort(-closeness, axis=1).astype(np.int64)
        seen = np.cumsum(self._allowed_sizes(allowed)[nearest], axis=1)
        enough = max(effort, 2 * count)
        probes = int((seen < enough).sum(axis=1).max()) + 1
        keys = np.ascontiguousarray(nearest[:, :probes])
        distances = np.take_along_axis(closeness, keys, axis=1)
        rows = self._read(floats, count, keys, distances, self._selector(allowed))
        return [found[found >= 0] for found in rows]

    def _read(self, floats: Any, count: int, keys: Any, distances: Any, selector: Any) -> NDArray[np.int64]:
        """Return the nearest `count` rows (q, count) in the lists `keys` (q, probes), padded with -1."""
        faiss = _faiss()
        found = np.empty((len(floats), count), np.int64)
        scores = np.empty((len(floats), count), np.float32)
        # The wrapped method takes no parameters, so the selector needs the C++ one underneath.
        self._index.search_preassigned_c(
            len(floats),
            faiss.swig_ptr(floats),
            count,
            faiss.swig_ptr(keys),
            faiss.swig_ptr(distances),
            faiss.swig_ptr(scores),
            faiss.swig_ptr(found),
            False,
            faiss.SearchParametersIVF(nprobe=keys.shape[1], sel=selector),
        )
        return found

    def _allowed_sizes(self, allowed: Mask | None) -> NDArray[np.floating[Any]] | NDArray[np.integer[Any]]:
        """Return how many allowed rows each list holds, estimated from a part of them when they are many."""
        if allowed is None:
            return self._sizes
        rows = np.flatnonzero(allowed)
        step = max(1, len(rows) // _COUNTED)
        return np.bincount(self._assignment[rows[::step]], minlength=len(self._sizes)) * step

    @staticmethod
    def _selector(allowed: Mask | None) -> Any:
        return None if allowed is None else _faiss().IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
