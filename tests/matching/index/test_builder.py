"""Snapshots on the disk: whole or not at all, whatever happens to the process or the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from matching.errors import BuildInProgress
from matching.index.attributes import Attributes
from matching.index.base import Batch
from matching.index.builder import build_snapshot
from matching.index.hybrid import HybridIndex
from matching.index.manifest import Manifest
from matching.index.snapshot import Snapshot

from .worlds import MODEL

ONE = Batch([1], [[1.0, 0.0]], [Attributes()])


def _build(directory: Path, *batches: Batch, watermark: str = "w") -> Path:
    return build_snapshot(directory, batches, model=MODEL, dimension=2, watermark=watermark)


def _folders(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir() if path.is_dir())


def test_round_trip(tmp_path: Path) -> None:
    folder = _build(
        tmp_path, ONE, Batch([5], [[0.0, 2.0]], [Attributes(country=300)]), watermark="2026-11-22"
    )
    snapshot = Snapshot.open(folder, MODEL, 2)
    assert snapshot.rows.ids.tolist() == [1, 5]
    assert snapshot.rows.vectors.tolist() == [[32767, 0], [0, 32767]]
    assert snapshot.rows.attributes.columns["country"].tolist() == [0, 300]
    assert (snapshot.manifest.count, snapshot.manifest.watermark) == (2, "2026-11-22")
    assert Manifest.read(folder) == snapshot.manifest


def test_an_empty_snapshot_is_one(tmp_path: Path) -> None:
    folder = _build(tmp_path)
    assert len(Snapshot.open(folder, MODEL, 2).rows) == 0


def test_batches_out_of_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ascending"):
        _build(tmp_path, Batch([2], [[1.0, 0.0]], [Attributes()]), ONE)
    assert _folders(tmp_path) == []


def test_two_old_snapshots_are_kept_and_open_ones_stay_readable(tmp_path: Path) -> None:
    first = _build(tmp_path, ONE)
    reader = Snapshot.open(first, MODEL, 2)
    later = [_build(tmp_path) for _ in range(3)]
    assert _folders(tmp_path) == [folder.name for folder in later]
    assert reader.rows.vectors.tolist() == [[32767, 0]]


def test_a_copied_snapshot_is_checked_by_its_contents(tmp_path: Path) -> None:
    folder = _build(tmp_path, ONE)
    for path in folder.iterdir():
        os.utime(path, (1, 1))
    assert Snapshot.open(folder, MODEL, 2).rows.ids.tolist() == [1]


def test_the_second_builder_gives_way(tmp_path: Path) -> None:
    def batches():  # type: ignore[no-untyped-def]
        with pytest.raises(BuildInProgress):
            _build(tmp_path, ONE)
        yield ONE

    folder = build_snapshot(tmp_path, batches(), model=MODEL, dimension=2, watermark="w")
    assert (tmp_path / "CURRENT").read_text() == f"{folder.name}\n"
    _build(tmp_path, ONE)


def _run(code: str, directory: Path) -> subprocess.CompletedProcess[str]:
    program = f"""
import os, resource, signal
from pathlib import Path
import numpy as np
from matching.errors import *
from matching.index.attributes import Attributes
from matching.index.base import Batch
from matching.index.builder import build_snapshot
directory = Path({str(directory)!r})
def build(batches):
    build_snapshot(directory, batches, model={MODEL!r}, dimension=2, watermark="w")
{code}
"""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)


def test_a_killed_build_changes_nothing_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    folder = _build(tmp_path, ONE)
    killed = _run(
        """
def batches():
    yield Batch([1], [[1.0, 0.0]], [Attributes()])
    os.kill(os.getpid(), signal.SIGKILL)
build(batches())
""",
        tmp_path,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "CURRENT").read_text() == f"{folder.name}\n"
    assert len(_folders(tmp_path)) == 2
    newer = _build(tmp_path, ONE)
    assert _folders(tmp_path) == [folder.name, newer.name]


@pytest.mark.parametrize("renames", [0, 1])
def test_killed_in_the_middle_of_a_swap(tmp_path: Path, renames: int) -> None:
    """After no rename the folder is hidden; after one it is there, but `CURRENT` still names the old one."""
    folder = _build(tmp_path, ONE)
    killed = _run(
        f"""
done = [0]
def dying(move):
    def moved(*args):
        if done[0] == {renames}:
            os.kill(os.getpid(), signal.SIGKILL)
        done[0] += 1
        return move(*args)
    return moved
Path.rename, Path.replace = dying(Path.rename), dying(Path.replace)
build([Batch([1, 2], [[1.0, 0.0]] * 2, [Attributes()] * 2)])
""",
        tmp_path,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / "CURRENT").read_text() == f"{folder.name}\n"
    index = HybridIndex(tmp_path, model=MODEL, dimension=2, changes_since=lambda _: [])
    assert (len(index), index.fault) == (1, None)
    assert _build(tmp_path, ONE).name == (tmp_path / "CURRENT").read_text().strip()
    assert not list(tmp_path.glob(".building-*"))


def test_a_disk_that_fills_up_while_the_graph_is_written_changes_nothing(tmp_path: Path) -> None:
    folder = _build(tmp_path, ONE)
    full = _run(
        """
import matching.index.builder as builder
graph = builder.build_graph
def last(*args):
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
    graph(*args)
builder.build_graph = last
count = 3_000
rows = np.random.default_rng(0).standard_normal((count, 2))
try:
    builder.build_snapshot(directory, [Batch(range(count), rows, [Attributes()] * count)], model="test-model",
                           dimension=2, watermark="w", exact_rows=1_000)
except SnapshotWriteFailed as error:
    print("refused")
""",
        tmp_path,
    )
    assert full.stdout == "refused\n", full.stderr
    assert (tmp_path / "CURRENT").read_text() == f"{folder.name}\n"
    assert _folders(tmp_path) == [folder.name]


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk: writing fails in the same place."""
    folder = _build(tmp_path, ONE)
    full = _run(
        """
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    build([Batch(range(50_000), np.ones((50_000, 2)), [Attributes()] * 50_000)])
except SnapshotWriteFailed as error:
    print("refused:", error)
""",
        tmp_path,
    )
    assert full.stdout == "refused: [Errno 27] File too large\n", full.stderr
    assert (tmp_path / "CURRENT").read_text() == f"{folder.name}\n"
    assert _folders(tmp_path) == [folder.name]
