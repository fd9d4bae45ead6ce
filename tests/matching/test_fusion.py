"""Reciprocal-rank fusion, by hand."""

from __future__ import annotations

import pytest

from matching.fusion import Fused, reciprocal_rank_fusion


def _ranking(*ids: int) -> list[tuple[int, float]]:
    return [(id_, 1.0) for id_ in ids]


def test_agreement_beats_a_single_first_place() -> None:
    fused = reciprocal_rank_fusion([_ranking(1, 2, 3), _ranking(4, 2, 3)])
    assert [item.id for item in fused] == [2, 3, 1, 4]
    assert fused[0].score == pytest.approx(2 / 62)
    assert fused[2:] == [Fused(1, 1 / 61), Fused(4, 1 / 61)]


def test_weights_and_constant() -> None:
    assert reciprocal_rank_fusion([[(1, 0.5)], [(2, 3.0)]], k=0) == [Fused(2, 3.0), Fused(1, 0.5)]


def test_a_place_weighs_what_its_ranking_gives_it() -> None:
    fused = reciprocal_rank_fusion([_ranking(1, 2, 3), [(3, 2.0), (2, 0.0)]])
    assert fused == [Fused(3, 1 / 63 + 2 / 61), Fused(1, 1 / 61), Fused(2, 1 / 62)]


def test_a_repeated_id_counts_once_and_nothing_gives_nothing() -> None:
    assert reciprocal_rank_fusion([_ranking(7, 7, 8)]) == [Fused(7, 1 / 61), Fused(8, 1 / 62)]
    assert reciprocal_rank_fusion([]) == []
    assert reciprocal_rank_fusion([[], []]) == []
