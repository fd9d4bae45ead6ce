"""A plain dict with the index's semantics, and listings in number, for the tests of this folder."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.index.attributes import Attributes, Filter
from matching.index.base import Batch
from matching.index.builder import build_snapshot
from matching.index.hybrid import Changes, HybridIndex

MODEL = "test-model"


@dataclass
class World:
    """The truth: listings by id, and the log of ids touched, whose length is the watermark."""

    dimension: int
    listings: dict[int, tuple[list[float], Attributes]] = field(default_factory=dict)
    log: list[int] = field(default_factory=list)

    def upsert(self, batch: Batch) -> None:
        for id_, vector, attributes in zip(batch.ids, batch.vectors, batch.attributes, strict=True):
            self.listings[id_] = (vector, attributes)
            self.log.append(id_)

    def remove(self, ids: Iterable[int]) -> None:
        for id_ in ids:
            self.listings.pop(id_, None)
            self.log.append(id_)

    def search(self, query: list[float], k: int, where: Filter | None) -> list[tuple[int, float]]:
        asked = fixed_point(query)
        hits = [
            (id_, sum(a * b for a, b in zip(asked, fixed_point(vector), strict=True)) / 32767**2)
            for id_, (vector, attributes) in self.listings.items()
            if passes(attributes, where)
        ]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def counts(self, name: str, where: Filter | None) -> dict[int, int]:
        found: Counter[int] = Counter()
        for _vector, attributes in self.listings.values():
            if passes(attributes, where):
                held = getattr(attributes, name)
                found.update([held] if isinstance(held, int) else set(held))
        return dict(found)

    def changes_since(self, watermark: str | None) -> Iterator[Changes]:
        for id_ in self.log[int(watermark or 0) :]:
            if id_ in self.listings:
                yield Changes(self.batch([id_]))
            else:
                yield Changes(removed=[id_])

    def batch(self, ids: Iterable[int]) -> Batch:
        ids = list(ids)
        return Batch(ids, [self.listings[i][0] for i in ids], [self.listings[i][1] for i in ids])

    def build(self, directory: Path) -> Path:
        """Build in batches of three, so that batches meet in every test."""
        ids = sorted(self.listings)
        batches = (self.batch(ids[start : start + 3]) for start in range(0, len(ids), 3))
        watermark = str(len(self.log))
        return build_snapshot(directory, batches, model=MODEL, dimension=self.dimension, watermark=watermark)

    def open(self, directory: Path) -> HybridIndex:
        return HybridIndex(directory, model=MODEL, dimension=self.dimension, changes_since=self.changes_since)


def fixed_point(vector: list[float]) -> list[int]:
    norm = math.sqrt(sum(x * x for x in vector))
    return [round(x / norm * 32767) for x in vector]


def passes(attributes: Attributes, where: Filter | None) -> bool:
    if where is None:
        return True
    if attributes.organisation in where.excluded_organisations:
        return False
    return all(_matches(getattr(attributes, name), codes) for name, codes in where.allowed.items())


def _matches(value: int | Collection[int], codes: Collection[int]) -> bool:
    held = {value} if isinstance(value, int) else set(value)
    return bool(held & set(codes))


def clustered(count: int, dimension: int, seed: int = 0) -> NDArray[np.float32]:
    """Return (count, dimension) vectors in overlapping clusters of about fifty, like texts on topics."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((max(1, count // 50), dimension))
    noise = random.standard_normal((count, dimension))
    return (centres[random.integers(len(centres), size=count)] + 0.9 * noise).astype(np.float32)
