"""The serving index over time: snapshots come, lag behind, are damaged; searches and changes go on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from matching.errors import DimensionMismatch, SnapshotCorrupt, SnapshotMismatch, SnapshotMissing
from matching.index.attributes import Attributes
from matching.index.base import Batch
from matching.index.builder import build_snapshot
from matching.index.hybrid import Changes, HybridIndex

from .worlds import MODEL, World

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]


def _world(count: int = 5) -> World:
    world = World(2)
    world.upsert(Batch(range(count), [EAST] * count, [Attributes()] * count))
    return world


def _found(index: HybridIndex) -> list[int]:
    return [hit.id for hit in index.search(EAST, 100)]


def test_takes_over_a_new_snapshot_and_drops_what_it_contains(tmp_path: Path) -> None:
    world = _world()
    index = world.open(tmp_path)
    assert (len(index), index.delta_size, index.watermark) == (5, 5, None)
    assert not index.refresh()

    world.build(tmp_path)
    assert index.refresh()
    assert not index.refresh()
    assert (len(index), index.delta_size, index.watermark) == (5, 0, "5")
    assert index.fault is None


def test_a_lagging_snapshot_brings_nothing_back(tmp_path: Path) -> None:
    """A snapshot read before a removal and an edit, but published after this reader saw both."""
    world = _world()
    index = world.open(tmp_path)

    def batches():  # type: ignore[no-untyped-def]
        yield world.batch([0, 1, 2, 3, 4])
        for one in (world, index):
            one.remove([3])
        moved = Batch([4], [NORTH], [Attributes()])
        world.upsert(moved)
        index.upsert(*moved)

    build_snapshot(tmp_path, batches(), model=MODEL, dimension=2, watermark="5")
    assert index.refresh()
    assert [(hit.id, hit.score > 0.5) for hit in index.search(EAST, 9)] == [
        (0, True),
        (1, True),
        (2, True),
        (4, False),
    ]


def test_apply_is_one_step_and_an_error_changes_nothing(tmp_path: Path) -> None:
    world = _world()
    world.build(tmp_path)
    index = world.open(tmp_path)
    with pytest.raises(DimensionMismatch):
        index.apply(Changes(Batch([9], [[1.0]], [Attributes()]), removed=[0]))
    assert _found(index) == [0, 1, 2, 3, 4]
    index.apply(Changes(Batch([9, 1], [EAST, EAST], [Attributes()] * 2), removed=[0, 1, 77]))
    assert _found(index) == [1, 2, 3, 4, 9]


def test_failing_replay_leaves_the_old_state_and_is_tried_again(tmp_path: Path) -> None:
    world = _world()
    index = world.open(tmp_path)
    world.build(tmp_path)
    replay = index._changes_since

    def broken(watermark: str | None):  # type: ignore[no-untyped-def]
        raise ConnectionError("database is away")

    index._changes_since = broken
    with pytest.raises(ConnectionError):
        index.refresh()
    assert _found(index) == [0, 1, 2, 3, 4]
    index._changes_since = replay
    assert index.refresh()


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGE = {
    "flipped vectors": (lambda folder: _flip(folder / "vectors.bin"), SnapshotCorrupt),
    "flipped ids": (lambda folder: _flip(folder / "ids.bin"), SnapshotCorrupt),
    "flipped attribute": (lambda folder: _flip(folder / "attribute-kind.bin"), SnapshotCorrupt),
    "flipped manifest": (lambda folder: _flip(folder / "manifest.json"), SnapshotCorrupt),
    "empty manifest": (lambda folder: (folder / "manifest.json").write_text("{}"), SnapshotCorrupt),
    "truncated": (lambda folder: _truncate(folder / "vectors.bin"), SnapshotCorrupt),
    "file missing": (lambda folder: (folder / "ids.bin").unlink(), SnapshotCorrupt),
    "manifest missing": (lambda folder: (folder / "manifest.json").unlink(), SnapshotMissing),
    "pointer astray": (lambda folder: _point(folder, "../../etc"), SnapshotCorrupt),
    "pointer to nothing": (lambda folder: _point(folder, "snapshot-00000099-00000000"), SnapshotMissing),
    "pointer gone": (lambda folder: (folder.parent / "CURRENT").unlink(), SnapshotMissing),
}


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4])


def _point(folder: Path, name: str) -> None:
    (folder.parent / "CURRENT").write_text(name)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_snapshot_is_refused(damage: str, tmp_path: Path) -> None:
    world = _world()
    world.build(tmp_path)
    index = world.open(tmp_path)
    world.upsert(Batch([5], [EAST], [Attributes()]))
    index.upsert([5], [EAST], [Attributes()])
    spoil, error = DAMAGE[damage]
    spoil(world.build(tmp_path))

    assert not index.refresh()
    assert type(index.fault) is error
    assert _found(index) == [0, 1, 2, 3, 4, 5]
    assert index.watermark == "5"

    world.build(tmp_path)
    assert index.refresh()
    assert (index.fault, index.watermark, _found(index)) == (None, "6", [0, 1, 2, 3, 4, 5])


def test_a_newcomer_falls_back_to_the_newest_sound_snapshot(tmp_path: Path) -> None:
    world = _world()
    world.build(tmp_path)
    world.remove([0])
    world.upsert(Batch([8], [EAST], [Attributes()]))
    _flip(world.build(tmp_path) / "vectors.bin")
    index = world.open(tmp_path)
    assert type(index.fault) is SnapshotCorrupt
    assert (index.watermark, _found(index)) == ("5", [1, 2, 3, 4, 8])


def test_a_newcomer_without_any_sound_snapshot_searches_exactly(tmp_path: Path) -> None:
    world = _world()
    _flip(world.build(tmp_path) / "vectors.bin")
    index = world.open(tmp_path)
    assert (index.watermark, index.delta_size, _found(index)) == (None, 5, [0, 1, 2, 3, 4])


@pytest.mark.parametrize(("model", "dimension"), [("another", 2), (MODEL, 3)])
def test_a_snapshot_of_another_encoder_is_refused(model: str, dimension: int, tmp_path: Path) -> None:
    _world().build(tmp_path)
    index = HybridIndex(tmp_path, model=model, dimension=dimension, changes_since=lambda _: [])
    assert type(index.fault) is SnapshotMismatch
    assert f"expected {model} ({dimension}): it stays unused until the next build" in str(index.fault)
    assert len(index) == 0


def test_a_removed_listing_never_shows_while_snapshots_are_swapped(tmp_path: Path) -> None:
    world = _world(200)
    world.build(tmp_path)
    index = world.open(tmp_path)
    for one in (world, index):
        one.remove([7])
    seen: set[int] = set()
    lengths: set[int] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            hits = index.search(EAST, 300)
            seen.update(hit.id for hit in hits)
            lengths.add(len(hits))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(4):
        world.build(tmp_path)
        assert index.refresh()
    done.set()
    for reader in readers:
        reader.join()
    assert seen == set(range(200)) - {7}
    assert lengths == {199}
