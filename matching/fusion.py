"""Merging rankings whose scores cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

# The constant of Cormack, Clarke and Buettcher (SIGIR 2009): how little first place differs from second.
K = 60


class Fused(NamedTuple):
    """An id found in at least one ranking, and its fused score: higher is better."""

    id: int
    score: float


def reciprocal_rank_fusion(rankings: Sequence[Sequence[tuple[int, float]]], k: int = K) -> list[Fused]:
    """Return all ids of the rankings by descending sum of weight / (k + rank), then by id.

    Each ranking holds (id, weight), best first: a ranking may trust some of its places more than others.
    An id that a ranking repeats counts once, at its best rank.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        seen: set[int] = set()
        for id_, weight in ranking:
            if id_ not in seen:
                seen.add(id_)
                scores[id_] = scores.get(id_, 0.0) + weight / (k + len(seen))
    return sorted((Fused(*item) for item in scores.items()), key=lambda fused: (-fused.score, fused.id))
