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

import numpy as np

from matching.errors import BuildInProgress, SnapshotWriteFailed
from matching.index.attributes import COLUMNS
from matching.index.base import Batch
from matching.index.ivf import build_lists
from matching.index.manifest import FileStamp, Manifest
from matching.index.rows import Rows
from matching.index.snapshot import (
    ASSIGNMENT,
    CURRENT,
    IDS,
    LISTS,
    VECTORS,
    Snapshot,
    attribute_file,
    snapshot_folders,
)
from matching.index.vectors import Fixed, to_fixed, to_float

# Comparing this many rows takes about ten milliseconds, less than reading lists well enough would.
EXACT_ROWS = 20_000
# Kept besides the current one: for readers about to open them, and to fall back on.
KEPT_SNAPSHOTS = 2

_LOCK = ".lock"
_UNFINISHED = ".building-"
_RECALL = 0.99
# Below this many rows compared, a search takes no less time.
_LEAST_EFFORT = 1_024
_SAMPLE = 200


def build_snapshot(
    directory: Path,
    batches: Iterable[Batch],
    *,
    model: str,
    dimension: int,
    watermark: str,
    exact_rows: int = EXACT_ROWS,
) -> Path:
    """Write all listings as a new snapshot, make it current and return its folder.

    Batches come in ascending order of id (`ValueError` otherwise) and are streamed, so memory stays
    small. `watermark` must have been taken before the first batch was read. Raises `BuildInProgress`
    while another process builds here, `SnapshotWriteFailed` when the disk does not take it.
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
            manifest = Manifest(model, dimension, count, watermark, created, exact_rows, 0, {})
            _finish(unfinished, manifest)
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


def _finish(folder: Path, manifest: Manifest) -> None:
    """Add inverted lists where the rows are many, then the manifest; force everything to the disk."""
    if manifest.count > manifest.exact_rows:
        vectors = np.memmap(folder / VECTORS, np.int16, "r", shape=(manifest.count, manifest.dimension))
        try:
            build_lists(vectors, folder / LISTS, folder / ASSIGNMENT)
        except RuntimeError as error:
            raise SnapshotWriteFailed(str(error)) from error
        manifest = replace(manifest, effort=_measure_effort(Snapshot(folder, manifest)))
    files = {path.name: FileStamp.of(path) for path in sorted(folder.iterdir())}
    replace(manifest, files=files).write(folder)
    for path in [*folder.iterdir(), folder]:
        _sync(path)


def _measure_effort(snapshot: Snapshot) -> int:
    """Return the least number of rows to compare, by doubling, that finds the true ten nearest.

    Asked are listings of the snapshot and, since a search is often broader than a listing, points between
    two of them.
    """
    rows = snapshot.rows
    chosen = np.random.default_rng(0).choice(len(rows), min(_SAMPLE, len(rows) // 2 * 2), replace=False)
    sample: Fixed = rows.vectors[chosen]
    between = to_float(sample[::2]) + to_float(sample[1::2])
    queries = np.concatenate([sample, to_fixed(between, rows.vectors.shape[1])])
    truth = [{hit.id for hit in hits} for hits in rows.search(queries, 10)]
    effort = _LEAST_EFFORT
    while effort < len(rows):
        found = snapshot.search(queries, 10, effort=effort)
        shared = sum(len(true & {hit.id for hit in hits}) for true, hits in zip(truth, found, strict=True))
        if shared >= _RECALL * 10 * len(queries):
            break
        effort *= 2
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
