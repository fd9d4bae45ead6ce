"""The immutable base: one folder of memory-mapped files, shared by all processes through the page cache.

A directory holds folders named `snapshot-...` and the file `CURRENT`, which names the one to read. Folders
never change once `CURRENT` has named them, and a mapped file outlives its deletion, so a reader is never
disturbed by a builder.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.errors import SnapshotCorrupt, SnapshotMissing
from matching.index.attributes import COLUMNS, AttributeTable, Filter
from matching.index.graph import Graph
from matching.index.manifest import Manifest
from matching.index.postings import ENTRY, Postings
from matching.index.rows import Hit, Rows
from matching.index.selection import Bits, Selection
from matching.index.vectors import Fixed

CURRENT = "CURRENT"
IDS = "ids.bin"
VECTORS = "vectors.bin"
GRAPH = "graph.faiss"
ENTRIES = "codes.bin"
POSTINGS = "postings.bin"

# Where a filter leaves so few rows, comparing them exactly costs less than anything else.
_ALWAYS_EXACT = 500

_NAME = re.compile(r"snapshot-\d{8}-[0-9a-f]{8}")


def attribute_file(column: str) -> str:
    return f"attribute-{column}.bin"


def snapshot_folders(directory: Path) -> list[Path]:
    """Return the snapshots of a directory, oldest first."""
    if not directory.is_dir():
        return []
    return sorted(path for path in directory.iterdir() if _NAME.fullmatch(path.name))


def current_name(directory: Path) -> str | None:
    """Return what `CURRENT` names, or None where nothing was built yet, or nothing can be read."""
    try:
        return (directory / CURRENT).read_text("utf-8", errors="replace").strip()
    except OSError:
        return None


class Snapshot:
    """One opened snapshot: rows in ascending order of id, their codes and, when they are many, a graph."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Map the files of a checked snapshot."""
        self.folder = folder
        self.manifest = manifest
        count, dimension = manifest.count, manifest.dimension
        columns = {
            name: _map(folder / attribute_file(name), dtype, (count,)) for name, dtype in COLUMNS.items()
        }
        self.rows = Rows(
            _map(folder / IDS, np.dtype(np.int64), (count,)),
            _map(folder / VECTORS, np.dtype(np.int16), (count, dimension)),
            AttributeTable(columns),
        )
        entries, stored = folder / ENTRIES, folder / POSTINGS
        self.postings = Postings(
            _map(entries, ENTRY, (entries.stat().st_size // ENTRY.itemsize,)),
            _map(stored, np.dtype(np.uint8), (stored.stat().st_size,)),
            self.rows.attributes,
        )
        self._graph = Graph(folder / GRAPH, manifest.peak) if count > manifest.exact_rows else None

    @classmethod
    def open(cls, folder: Path, model: str, dimension: int) -> Snapshot:
        """Open a snapshot after checking it against its manifest and the reader's encoder.

        Raises `SnapshotMissing`, `SnapshotCorrupt` or `SnapshotMismatch`.
        """
        if not _NAME.fullmatch(folder.name):
            raise SnapshotCorrupt(f"{CURRENT} names no snapshot")
        manifest = Manifest.read(folder)
        manifest.check(folder, model, dimension)
        try:
            return cls(folder, manifest)
        except FileNotFoundError as error:
            raise SnapshotMissing(f"{folder.name} was removed while it was opened") from error
        except (OSError, ValueError, RuntimeError) as error:
            raise SnapshotCorrupt(f"{folder.name} cannot be mapped") from error

    def select(self, where: Filter | None, alive: Bits | None) -> Selection | None:
        """Return the rows that pass the filter and are among `alive`; None where all do."""
        if where is not None:
            return self.postings.select(where).within(alive)
        return None if alive is None else Selection(len(self.rows), bits=alive)

    def search(
        self, queries: Fixed, k: int, allowed: Selection | None = None, *, effort: int | None = None
    ) -> list[list[Hit]]:
        """Return the best k allowed rows per query (q, d): exactly when few are allowed or k is large.

        `effort`, by default as measured at the build, is how far the graph looks around otherwise.
        """
        count = len(self.rows) if allowed is None else allowed.count
        if self._graph is None or count <= max(_ALWAYS_EXACT, 4 * k):
            return self.rows.search(queries, k, None if allowed is None else allowed.rows)
        proposals = self._graph.propose(queries, k, effort or self.manifest.effort, allowed)
        return [self.rows.rank(query, rows, k) for query, rows in zip(queries, proposals, strict=True)]


def _map(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Map a file read-only as an array of the given type and shape. Raises `SnapshotCorrupt` if it is not."""
    if path.stat().st_size != dtype.itemsize * math.prod(shape):
        raise SnapshotCorrupt(f"{path.name} does not hold {shape} values")
    if not math.prod(shape):
        return np.empty(shape, dtype)
    return np.memmap(path, dtype, "r", shape=shape).view(np.ndarray)
