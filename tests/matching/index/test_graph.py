"""Large snapshots: nearly everything is found by comparing a part, and nothing that is not allowed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from matching.errors import SnapshotCorrupt
from matching.index.attributes import Attributes, AttributeTable, Filter
from matching.index.base import Batch
from matching.index.builder import build_snapshot
from matching.index.selection import Selection
from matching.index.snapshot import Snapshot
from matching.index.vectors import to_fixed

from .worlds import MODEL, clustered

COUNT, DIMENSION = 30_000, 48


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    vectors = clustered(COUNT, DIMENSION)
    table = AttributeTable.from_rows([Attributes()]).take(np.zeros(COUNT, np.intp))
    batches = [
        Batch(
            range(start, start + 10_000),
            vectors[start : start + 10_000],
            table.take(np.arange(10_000)),
        )
        for start in range(0, COUNT, 10_000)
    ]
    folder = build_snapshot(
        tmp_path_factory.mktemp("index"),
        batches,
        model=MODEL,
        dimension=DIMENSION,
        watermark="w",
        exact_rows=1_000,
    )
    return Snapshot.open(folder, MODEL, DIMENSION)


@pytest.fixture(scope="module")
def queries() -> np.ndarray:
    """Points near listings, and points between two, which belong to no cluster."""
    rows = clustered(COUNT, DIMENSION)
    noise = np.random.default_rng(5).standard_normal((100, DIMENSION))
    return to_fixed(np.concatenate([rows[:100] + 0.5 * noise, rows[100:200] + rows[200:300]]), DIMENSION)


def _allowed(snapshot: Snapshot, kind: str) -> Selection | None:
    if kind == "all":
        return None
    if kind == "one half":
        return _selection(np.random.default_rng(1).random(COUNT) < 0.5)
    if kind == "one tenth":
        return _selection(np.random.default_rng(1).random(COUNT) < 0.1)
    # A filter that goes with the topic: most queries are far from everything it allows.
    component = snapshot.rows.vectors[:, 0]
    return _selection(component >= np.quantile(component, 0.8))


def _selection(mask: np.ndarray) -> Selection:
    return Selection(COUNT, rows=np.flatnonzero(mask))


@pytest.mark.parametrize("kind", ["all", "one half", "one tenth", "one side"])
def test_finds_98_of_100_and_only_what_is_allowed(kind: str, snapshot: Snapshot, queries: np.ndarray) -> None:
    allowed = _allowed(snapshot, kind)
    exact = snapshot.rows.search(queries, 10, None if allowed is None else allowed.rows)
    found = [snapshot.search(query[None], 10, allowed)[0] for query in queries]
    shared = sum(len(set(a) & set(b)) for a, b in zip(exact, found, strict=True))
    assert shared / (10 * len(queries)) >= 0.98
    if allowed is not None:
        assert {hit.id for hits in found for hit in hits} <= set(allowed.rows.tolist())


def test_the_effort_was_measured(snapshot: Snapshot) -> None:
    assert 16 <= snapshot.manifest.effort <= 256


def test_few_allowed_rows_are_found_exactly(snapshot: Snapshot, queries: np.ndarray) -> None:
    allowed = Selection(COUNT, rows=np.array([3, 9_999, 29_999]))
    assert snapshot.search(queries, 10, allowed) == snapshot.rows.search(queries, 10, allowed.rows)
    assert {hit.id for hit in snapshot.search(queries, 10, allowed)[0]} == {3, 9_999, 29_999}


@pytest.mark.parametrize(
    "where", [{"kind": []}, {"kind": [77]}, {"country": [65_535]}, {"sectors": [900, -1]}]
)
def test_a_filter_that_allows_nothing(
    where: dict[str, list[int]], snapshot: Snapshot, queries: np.ndarray
) -> None:
    allowed = snapshot.select(Filter(where), None)
    assert snapshot.search(queries[:2], 10, allowed) == [[], []]


DAMAGE = {
    "truncated": lambda content: content[:-100],
    "empty": lambda content: b"",
    "flipped": lambda content: content[:5_000] + bytes([content[5_000] ^ 1]) + content[5_001:],
}


@pytest.mark.parametrize("file", ["graph.faiss", "postings.bin", "codes.bin"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_part_is_noticed_before_it_is_read(
    file: str, damage: str, snapshot: Snapshot, tmp_path: Path
) -> None:
    copy = tmp_path / snapshot.folder.name
    shutil.copytree(snapshot.folder, copy)
    content = (copy / file).read_bytes()
    (copy / file).write_bytes(DAMAGE[damage](content) if len(content) > 5_000 else content[:-1])
    with pytest.raises(SnapshotCorrupt):
        Snapshot.open(copy, MODEL, DIMENSION)


def test_a_large_k_gets_that_many(snapshot: Snapshot, queries: np.ndarray) -> None:
    assert [len(snapshot.search(queries[:1], k)[0]) for k in (500, 5_000, 99_999)] == [500, 5_000, COUNT]


def test_many_queries_at_once_lose_nothing(snapshot: Snapshot, queries: np.ndarray) -> None:
    exact = snapshot.rows.search(queries, 10)
    found = snapshot.search(queries, 10)
    shared = sum(len(set(a) & set(b)) for a, b in zip(exact, found, strict=True))
    assert shared / (10 * len(queries)) >= 0.98


def test_searching_keeps_to_one_thread_in_every_thread(snapshot: Snapshot, queries: np.ndarray) -> None:
    import faiss

    threads: list[int] = []

    def search() -> None:
        snapshot.search(queries[:1], 10)
        threads.append(faiss.omp_get_max_threads())

    worker = threading.Thread(target=search)
    worker.start()
    worker.join()
    assert threads == [1]


def test_importing_the_index_stays_light() -> None:
    program = (
        "import sys, matching.index.hybrid, matching.index.builder\n"
        "print(sorted({'faiss', 'torch', 'django', 'celery', 'mawsim'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr
