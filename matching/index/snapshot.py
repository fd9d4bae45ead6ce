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
from matching.index.attributes import COLUMNS, AttributeTable
from matching.index.ivf import InvertedLists
from matching.index.manifest import Manifest
from matching.index.rows import Hit, Mask, Rows
from matching.index.vectors import Fixed

CURRENT = "CURRENT"
IDS = "ids.bin"
VECTORS = "vectors.bin"
LISTS = "lists.faiss"
ASSIGNMENT = "assignment.bin"

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
    """One opened snapshot: rows in ascending order of id and, when they are many, inverted lists."""

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
        self._lists: InvertedLists | None = None
        if count > manifest.exact_rows:
            assignment = _map(folder / ASSIGNMENT, np.dtype(np.uint32), (count,))
            self._lists = InvertedLists(folder / LISTS, assignment)

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

    def search(
        self, queries: Fixed, k: int, allowed: Mask | None = None, *, effort: int | None = None
    ) -> list[list[Hit]]:
        """Return the best k allowed rows per query (q, d): exactly when few are allowed or k is large.

        `effort`, by default as measured at the build, is the number of rows to compare otherwise.
        """
        total = len(self.rows)
        count = total if allowed is None else int(np.count_nonzero(allowed))
        if self._lists is None or count <= max(self.manifest.exact_rows, 10 * k):
            return self.rows.search(queries, k, allowed)
        # A filter scatters the best rows over more lists than they would fill without it.
        effort = math.ceil((effort or self.manifest.effort) * total / count)
        # Spares make up for what the 8-bit codes misjudge.
        proposals = self._lists.propose(queries, 2 * k + 64, effort, allowed)
        return [self.rows.rank(query, rows, k) for query, rows in zip(queries, proposals, strict=True)]


def _map(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Map a file read-only as an array of the given type and shape. Raises `SnapshotCorrupt` if it is not."""
    if path.stat().st_size != dtype.itemsize * math.prod(shape):
        raise SnapshotCorrupt(f"{path.name} does not hold {shape} values")
    if not math.prod(shape):
        return np.empty(shape, dtype)
    return np.memmap(path, dtype, "r", shape=shape).view(np.ndarray)
