"""Writing a snapshot: into a hidden folder first, then visible by one rename, then current by another.

Killed at any point, a build leaves the current snapshot as it was and at most a hidden folder, which the
next build removes.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.errors import BuildInProgress, SnapshotWriteFailed
from matching.index.attributes import COLUMNS, AttributeTable
from matching.index.base import Batch
from matching.index.graph import build_graph, measure_peak
from matching.index.manifest import FileStamp, Manifest
from matching.index.postings import write_postings
from matching.index.rows import Rows
from matching.index.snapshot import (
    CURRENT,
    ENTRIES,
    GRAPH,
    IDS,
    POSTINGS,
    VECTORS,
    Snapshot,
    attribute_file,
    snapshot_folders,
)
from matching.index.vectors import to_fixed, to_float

# Comparing this many rows exactly takes about a millisecond.
EXACT_ROWS = 4_000
# Kept besides the current one: for readers about to open them, and to fall back on.
KEPT_SNAPSHOTS = 2

_LOCK = ".lock"
_UNFINISHED = ".building-"
_RECALL = 0.987
_EFFORTS = (40, 48, 56, 64, 80, 96, 128, 192, 256, 384, 512, 1_024)
_SAMPLE = 400
_MOVED = 0.5  # of the length of a vector


def build_snapshot(
    directory: Path,
    batches: Iterable[Batch],
    *,
    model: str,
    dimension: int,
    watermark: str,
    exact_rows: int = EXACT_ROWS,
    threads: int = 1,
) -> Path:
    """Write all listings as a new snapshot, make it current and return its folder.

    Batches come in ascending order of id (`ValueError` otherwise) and are streamed, so memory stays
    small. `watermark` must have been taken before the first batch was read. `threads` work on the graph
    side by side. Raises `BuildInProgress` while another process builds here, `SnapshotWriteFailed` when the
    disk does not take it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with _exclusively(directory):
        for leftover in directory.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished = directory / f"{_UNFINISHED}{secrets.token_hex(4)}"
        try:
            unfinished.mkdir()
            count = _write_rows(unfinished, batches, dimension)
            created = datetime.now(UTC).isoformat(timespec="seconds")
            manifest = Manifest(model, dimension, count, watermark, created, exact_rows)
            _finish(unfinished, manifest, threads)
            return _publish(directory, unfinished)
        except OSError as error:
            raise SnapshotWriteFailed(str(error)) from error
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _exclusively(directory: Path) -> Iterator[None]:
    """Hold the directory's build lock, which the system releases should the process die."""
    with (directory / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildInProgress(str(directory)) from error
        yield


def _write_rows(folder: Path, batches: Iterable[Batch], dimension: int) -> int:
    """Append every batch to the files of ids, vectors and attributes; return the number of rows."""
    names = [IDS, VECTORS, *(attribute_file(column) for column in COLUMNS)]
    count, last = 0, None
    with ExitStack() as stack:
        files = {name: stack.enter_context((folder / name).open("wb")) for name in names}
        for batch in batches:
            rows = Rows.pack(batch.ids, batch.vectors, batch.attributes, dimension)
            if not len(rows):
                continue
            if last is not None and rows.ids[0] <= last:
                raise ValueError("batches must come in ascending order of id")
            count, last = count + len(rows), rows.ids[-1]
            files[IDS].write(rows.ids.tobytes())
            files[VECTORS].write(rows.vectors.tobytes())
            for column, values in rows.attributes.columns.items():
                files[attribute_file(column)].write(values.tobytes())
    return count


def _finish(folder: Path, manifest: Manifest, threads: int) -> None:
    """Add what makes search and filters fast, then the manifest; force everything to the disk."""
    count = manifest.count
    table = AttributeTable(
        {name: _written(folder / attribute_file(name), dtype, (count,)) for name, dtype in COLUMNS.items()}
    )
    write_postings(table, folder / ENTRIES, folder / POSTINGS)
    if count > manifest.exact_rows:
        vectors = _written(folder / VECTORS, np.dtype(np.int16), (count, manifest.dimension))
        manifest = replace(manifest, peak=measure_peak(vectors))
        try:
            build_graph(vectors, manifest.peak, folder / GRAPH, threads)
        except RuntimeError as error:
            raise SnapshotWriteFailed(str(error)) from error
        manifest = replace(manifest, effort=_measure_effort(Snapshot(folder, manifest)))
    files = {path.name: FileStamp.of(path) for path in sorted(folder.iterdir())}
    replace(manifest, files=files).write(folder)
    for path in [*folder.iterdir(), folder]:
        _sync(path)


def _written(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Map what was just written; an empty file cannot be mapped."""
    return np.memmap(path, dtype, "r", shape=shape) if all(shape) else np.empty(shape, dtype)


def _measure_effort(snapshot: Snapshot) -> int:
    """Return the least effort that finds the true ten nearest.

    Asked are listings moved in a random direction: like a search, near to listings without being one. Of the
    ways of making questions up, this one came nearest to the effort that real ones need.
    """
    rows = snapshot.rows
    draw = np.random.default_rng(0)
    chosen = np.sort(draw.choice(len(rows), min(_SAMPLE, len(rows)), replace=False))
    moves = draw.standard_normal((len(chosen), rows.vectors.shape[1]))
    moves *= _MOVED / np.linalg.norm(moves, axis=1, keepdims=True)
    queries = to_fixed(to_float(rows.vectors[chosen]) + moves, rows.vectors.shape[1])
    truth = [{hit.id for hit in hits} for hits in rows.search(queries, 10)]
    for effort in _EFFORTS:
        found = snapshot.search(queries, 10, effort=effort)
        shared = sum(len(true & {hit.id for hit in hits}) for true, hits in zip(truth, found, strict=True))
        if shared >= _RECALL * 10 * len(queries):
            break
    return effort


def _publish(directory: Path, unfinished: Path) -> Path:
    """Rename the finished folder, point `CURRENT` at it, and remove snapshots that nobody will open."""
    before = snapshot_folders(directory)
    number = int(before[-1].name.split("-")[1]) + 1 if before else 1
    folder = directory / f"snapshot-{number:08d}-{secrets.token_hex(4)}"
    unfinished.rename(folder)
    _sync(directory)
    pointer = directory / f"{_UNFINISHED}{CURRENT}"
    pointer.write_text(f"{folder.name}\n", "utf-8")
    _sync(pointer)
    pointer.replace(directory / CURRENT)
    _sync(directory)
    for old in before[:-KEPT_SNAPSHOTS]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
