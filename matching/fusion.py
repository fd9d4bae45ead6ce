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


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]], weights: Sequence[float] | None = None, k: int = K
) -> list[Fused]:
    """Return all ids of the rankings (each best first) by descending sum of weight / (k + rank), then by id.

    The weights default to 1. An id that a ranking repeats counts once, at its best rank. Raises
    `ValueError` when the numbers of weights and rankings differ.
    """
    scores: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, id_ in enumerate(dict.fromkeys(ranking), start=1):
            scores[id_] = scores.get(id_, 0.0) + weight / (k + rank)
    return sorted((Fused(*item) for item in scores.items()), key=lambda fused: (-fused.score, fused.id))
