"""The index that serves: an immutable snapshot, plus everything that changed since, searched as one.

At any moment the index is *the snapshot, overlaid with all changes since its watermark*: changed rows are
held in memory and compared exactly (the delta), and rows changed or removed are masked in the snapshot
(the tombstones). A new snapshot is taken over by replaying the changes since *its* watermark, so nothing
depends on what this process happened to see before.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from matching.errors import SnapshotError, SnapshotMissing
from matching.index.base import Batch, Filter, Hit, VectorIndex
from matching.index.rows import Ids, Rows, as_ids
from matching.index.selection import Bits, bits_of, holds, without
from matching.index.snapshot import Snapshot, current_name, snapshot_folders
from matching.index.vectors import Fixed


@dataclass(frozen=True, slots=True)
class Changes:
    """Listings that are gone, and listings as they are now; an id in both is the latter."""

    upserts: Batch | None = None
    removed: Iterable[int] = ()


# Given a snapshot's watermark (None: from the beginning), yields every change since, in order.
ChangesSince = Callable[[str | None], Iterable[Changes]]


@dataclass(frozen=True, slots=True)
class _State:
    """What one search reads from beginning to end; writers replace it as a whole."""

    base: Snapshot | None
    alive: Bits | None
    """Rows of the base that still count; None while all of them do."""
    delta: Rows

    def changed(self, removed: Ids, rows: Rows) -> _State:
        delta = self.delta.without(removed).updated(rows)
        if self.base is None:
            return replace(self, delta=delta)
        dead = self.base.rows.positions(np.concatenate([removed, rows.ids]))
        if not dead.size:
            return replace(self, delta=delta)
        total = len(self.base.rows)
        alive = bits_of(np.ones(total, dtype=bool), total) if self.alive is None else self.alive
        return replace(self, alive=without(alive, dead), delta=delta)


class HybridIndex(VectorIndex):
    """Reads the newest sound snapshot of a directory and keeps what changed since in memory.

    Without a usable snapshot everything is delta: slower, never wrong. `fault` says why the current
    snapshot is not the one in use, for the health page.
    """

    def __init__(self, directory: Path, *, model: str, dimension: int, changes_since: ChangesSince) -> None:
        """Open the directory, which may be empty, and replay the changes since its snapshot."""
        super().__init__(dimension)
        self._directory = directory
        self._model = model
        self._changes_since = changes_since
        self._seen: str | None = None
        self._writing = threading.Lock()
        self._state = _State(None, None, Rows.empty(dimension))
        if not self.refresh():
            self._state = self._replayed(None)

    def __len__(self) -> int:
        state = self._state
        if state.base is None:
            return len(state.delta)
        selected = state.base.select(None, state.alive)
        return (len(state.base.rows) if selected is None else selected.count) + len(state.delta)

    @property
    def watermark(self) -> str | None:
        """How far the snapshot in use reaches; None without one."""
        base = self._state.base
        return None if base is None else base.manifest.watermark

    @property
    def delta_size(self) -> int:
        """Rows compared one by one in every search: when it grows, a new snapshot is due."""
        return len(self._state.delta)

    def counts(self, name: str, where: Filter | None = None) -> dict[int, int]:
        """Return how many listings that pass the filter have each code of an attribute; never a zero."""
        state = self._state
        rows = None if where is None else np.flatnonzero(state.delta.attributes.allowed(where))
        total = Counter(state.delta.attributes.counts(name, rows))
        if state.base is not None:
            total.update(state.base.postings.counts(name, state.base.select(where, state.alive)))
        return {code: number for code, number in sorted(total.items()) if number}

    def refresh(self) -> bool:
        """Take over a new current snapshot if there is one; return whether it was.

        Costs the reading of one small file when there is none. A damaged or foreign snapshot is noted in
        `fault` and left alone: the one in use, or at first the newest sound one, goes on serving. Returns
        at once while another thread writes. Searches never wait for it.
        """
        name = current_name(self._directory)
        if name == self._seen or not self._writing.acquire(blocking=False):
            return False
        try:
            snapshot = self._open(name)
            if snapshot is not None:
                self._state = self._replayed(snapshot)
            self._seen = name
        finally:
            self._writing.release()
        return snapshot is not None

    def apply(self, changes: Changes) -> None:
        """Make changes visible, all at once. Raises as `upsert`, in which case nothing changes."""
        removed, rows = self._packed(changes)
        with self._writing:
            self._state = self._state.changed(removed, rows)

    def _upsert(self, rows: Rows) -> None:
        with self._writing:
            self._state = self._state.changed(as_ids(()), rows)

    def _remove(self, ids: Ids) -> None:
        with self._writing:
            self._state = self._state.changed(ids, Rows.empty(self.dimension))

    def _search(self, queries: Fixed, k: int, where: Filter | None) -> list[list[Hit]]:
        state = self._state
        delta = state.delta
        among = None if where is None else np.flatnonzero(delta.attributes.allowed(where))
        if state.base is None:
            return delta.search(queries, k, among)
        older = state.base.search(queries, k, state.base.select(where, state.alive))
        if not len(delta):
            return older
        hits = delta.search(queries, k, among)
        return [
            sorted(a + b, key=lambda hit: (-hit.score, hit.id))[:k] for a, b in zip(hits, older, strict=True)
        ]

    def _find(self, ids: Ids) -> Rows:
        state = self._state
        found = state.delta.take(np.unique(state.delta.positions(ids)))
        if state.base is None:
            return found
        rows = np.unique(state.base.rows.positions(ids))
        kept = rows if state.alive is None else rows[holds(state.alive, rows)]
        return state.base.rows.take(kept).updated(found)

    def _open(self, name: str | None) -> Snapshot | None:
        """Return the named snapshot or, while none is in use, the newest sound one; keep the `fault`."""
        self.fault = None
        folders = [self._directory / name] if name else []
        if self._state.base is None:
            folders += [f for f in reversed(snapshot_folders(self._directory)) if f.name != name]
        for folder in folders:
            try:
                return Snapshot.open(folder, self._model, self.dimension)
            except SnapshotError as error:
                self.fault = self.fault or error
        self.fault = self.fault or SnapshotMissing("CURRENT is gone")
        return None

    def _replayed(self, snapshot: Snapshot | None) -> _State:
        state = _State(snapshot, None, Rows.empty(self.dimension))
        for changes in self._changes_since(None if snapshot is None else snapshot.manifest.watermark):
            state = state.changed(*self._packed(changes))
        return state

    def _packed(self, changes: Changes) -> tuple[Ids, Rows]:
        batch = changes.upserts
        rows = Rows.empty(self.dimension) if batch is None else Rows.pack(*batch, self.dimension)
        return as_ids(changes.removed), rows
