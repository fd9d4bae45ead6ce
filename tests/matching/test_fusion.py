"""Reciprocal-rank fusion, by hand."""

from __future__ import annotations

import pytest

from matching.fusion import Fused, reciprocal_rank_fusion


def test_agreement_beats_a_single_first_place() -> None:
    fused = reciprocal_rank_fusion([[1, 2, 3], [4, 2, 3]])
    assert [item.id for item in fused] == [2, 3, 1, 4]
    assert fused[0].score == pytest.approx(2 / 62)
    assert fused[2:] == [Fused(1, 1 / 61), Fused(4, 1 / 61)]


def test_weights_and_constant() -> None:
    fused = reciprocal_rank_fusion([[1], [2]], weights=[0.5, 3.0], k=0)
    assert fused == [Fused(2, 3.0), Fused(1, 0.5)]
    with pytest.raises(ValueError, match="shorter"):
        reciprocal_rank_fusion([[1], [2]], weights=[1.0])


def test_a_repeated_id_counts_once_and_nothing_gives_nothing() -> None:
    assert reciprocal_rank_fusion([[7, 7, 8]]) == [Fused(7, 1 / 61), Fused(8, 1 / 62)]
    assert reciprocal_rank_fusion([]) == []
    assert reciprocal_rank_fusion([[], []]) == []
