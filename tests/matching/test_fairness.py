"""Variety, the floor for newcomers, relief for the overrun, and what they cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.fairness import OFF, Entry, Policy, arrange, attention, cost, gini, paced

FIVE = Policy(per_organisation=2, newcomer_share=0.2, newcomer_margin=0.85)


def keys(entries: list[Entry]) -> list[int]:
    return [entry.key for entry in entries]


def test_at_most_two_of_one_organisation() -> None:
    rows = [Entry(key, 1, 0.9) for key in range(10)] + [Entry(99, 2, 0.5)]
    assert keys(arrange(rows, 5)) == [0, 1, 99]
    assert keys(arrange(rows, 5, OFF)) == [0, 1, 2, 3, 4]


def test_equals_are_ordered_by_tie_then_key() -> None:
    rows = [Entry(3, 1, 0.7), Entry(2, 2, 0.7, tie=0.9), Entry(1, 3, 0.7)]
    assert keys(arrange(rows, 5)) == [2, 1, 3]


@pytest.mark.parametrize(("score", "shown"), [(0.6, True), (0.51, True), (0.50, False)])
def test_one_place_of_five_is_for_a_newcomer_that_is_nearly_as_good(score: float, shown: bool) -> None:
    rows = [Entry(key, key, 0.6) for key in range(6)] + [Entry(50, 50, score, newcomer=True)]
    assert keys(arrange(rows, 5, FIVE)) == ([0, 1, 2, 3, 50] if shown else [0, 1, 2, 3, 4])


def test_a_newcomer_that_is_shown_anyway_fills_the_floor() -> None:
    rows = [Entry(key, key, 0.9, newcomer=key == 0) for key in range(6)] + [
        Entry(50, 50, 0.89, newcomer=True)
    ]
    assert keys(arrange(rows, 5, FIVE)) == [0, 1, 2, 3, 4]


def test_a_newcomer_takes_no_third_place_of_its_organisation() -> None:
    rows = [Entry(key, 7, 0.9) for key in range(2)] + [Entry(key, key, 0.8) for key in range(2, 6)]
    assert 50 not in keys(arrange([*rows, Entry(50, 7, 0.79, newcomer=True)], 5, FIVE))


def test_the_overrun_are_shown_less_up_to_a_limit() -> None:
    assert [round(paced(0.8, load), 4) for load in (0, 5, 10, 20, 500)] == [0.8, 0.8, 0.72, 0.56, 0.56]
    rows = [Entry(1, 1, 0.8, load=20), Entry(2, 2, 0.6), Entry(3, 3, 0.55)]
    assert keys(arrange(rows, 3)) == [2, 1, 3]
    assert keys(arrange(rows, 3, OFF)) == [1, 2, 3]


def test_the_cost_is_the_mean_score_lost() -> None:
    rows = [Entry(1, 1, 0.9), Entry(2, 1, 0.8), Entry(3, 1, 0.7), Entry(4, 2, 0.5)]
    plain, fair = arrange(rows, 3, OFF), arrange(rows, 3)
    assert (keys(plain), keys(fair)) == ([1, 2, 3], [1, 2, 4])
    assert cost(plain, fair) == pytest.approx(0.2 / 3)
    assert cost([], []) == 0.0
    assert cost(plain, []) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [([], 0.0), ([0, 0], 0.0), ([3, 3, 3], 0.0), ([0, 0, 0, 1], 0.75), ([1, 2, 3], 2 / 9)],
)
def test_gini(amounts: list[float], expected: float) -> None:
    assert gini(amounts) == pytest.approx(expected)


def test_attention_falls_with_the_place() -> None:
    assert [round(attention(place), 3) for place in (0, 1, 2, 9)] == [1.0, 0.631, 0.5, 0.289]


entries = st.builds(
    Entry, st.integers(0, 999), st.integers(1, 6), st.floats(0, 1), st.booleans(), load=st.integers(0, 40)
)


@given(st.lists(entries, unique_by=lambda entry: entry.key, max_size=30), st.integers(1, 12))
def test_whatever_comes_in(rows: list[Entry], limit: int) -> None:
    shown = arrange(rows, limit)
    assert len(shown) <= limit
    assert len(set(keys(shown))) == len(shown)
    assert all(sum(one.organisation == org for one in shown) <= 2 for org in range(7))
    assert keys(arrange(list(reversed(rows)), limit)) == keys(shown)
    assert cost(arrange(rows, limit, OFF), shown) >= -1e-9
