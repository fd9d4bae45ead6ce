"""Re-weighting from decisions: counted by hand, bounded, and silent on too few."""

from __future__ import annotations

from itertools import count

import pytest

from matching.learning import LEAST_DECISIONS, LEAST_IN_CELL, MOST, PER_DECIDER, Decision, relearn
from matching.weights import WEIGHTS

FLAT = {"sector": 0.5, "market": 0.5}


def many(number: int, reason: str, **verdicts: str) -> list[Decision]:
    """Decisions of as many organisations as it needs to count every one."""
    return [Decision(next(_ids), reason, verdicts) for _ in range(number)]


_ids = count(1)
BALANCED = [
    *many(80, "", sector="match", market="match"),
    *many(20, "not_relevant", sector="match", market="match"),
    *many(20, "", sector="gap", market="match"),
    *many(80, "not_relevant", sector="gap", market="match"),
]


def test_too_few_decisions_teach_nothing() -> None:
    assert len(BALANCED) == LEAST_DECISIONS
    assert relearn(BALANCED[1:], FLAT) is None
    assert relearn(BALANCED, FLAT) is not None


def test_the_cells_and_the_lift_can_be_counted_by_hand() -> None:
    learned = relearn(BALANCED, FLAT)
    assert learned is not None
    sector, market = learned.tallies["sector"], learned.tallies["market"]
    assert (sector.match_yes, sector.match_no, sector.gap_yes, sector.gap_no) == (80, 20, 20, 80)
    assert sector.lift == round(81 / 102 - 21 / 102, 4)
    # "Not relevant" does not speak of the market, of which no gap was seen either.
    assert (market.match_yes, market.match_no, market.gap_yes, market.gap_no) == (100, 0, 0, 0)
    assert market.lift is None
    # The only factor that was learned is its own mean: nothing to set it against.
    assert learned.weights == FLAT


def test_who_separates_better_gains_what_the_other_loses() -> None:
    rows = [
        *many(50, "", sector="match", market="match"),
        *many(50, "", sector="match", market="gap"),
        *many(50, "dismissed", sector="gap", market="match"),
        *many(50, "dismissed", sector="gap", market="gap"),
    ]
    learned = relearn(rows, FLAT)
    assert learned is not None
    assert learned.tallies["sector"].lift == round(101 / 102 - 1 / 102, 4)
    assert learned.tallies["market"].lift == 0.0
    assert learned.weights == {"sector": 0.7451, "market": 0.2549}
    assert sum(learned.weights.values()) == pytest.approx(1)


def test_no_weight_moves_by_more_than_half() -> None:
    base = {"sector": 0.05, "market": 0.95}
    rows = [
        *many(100, "", sector="match", market="match"),
        *many(100, "dismissed", sector="gap", market="match"),
        *many(100, "", sector="match", market="gap"),
    ]
    learned = relearn(rows, base)
    assert learned is not None
    for name, weight in learned.weights.items():
        assert base[name] * (1 - MOST) <= weight <= base[name] * (1 + MOST)
    assert learned.weights["sector"] == 0.075


def test_a_refusal_counts_only_against_what_it_is_about() -> None:
    rows = [*BALANCED, *many(40, "wrong_market", sector="match", market="gap")]
    learned = relearn(rows, FLAT)
    assert learned is not None
    assert (learned.tallies["sector"].match_yes, learned.tallies["sector"].match_no) == (80, 20)
    assert (learned.tallies["market"].gap_yes, learned.tallies["market"].gap_no) == (0, 40)


def test_refusals_about_something_else_are_no_decisions() -> None:
    rows = [*BALANCED[1:], *many(500, "no_capacity", sector="gap", market="gap")]
    assert relearn(rows, FLAT) is None
    assert relearn([*BALANCED[1:], Decision(1, "", {})], FLAT) is None  # nothing was compared


def test_one_organisation_does_not_steer() -> None:
    flood = [Decision(0, "dismissed", {"sector": "match", "market": "gap"}) for _ in range(1_000)]
    learned = relearn([*flood, *BALANCED], FLAT)
    assert learned is not None
    assert learned.decisions == len(BALANCED) + PER_DECIDER
    assert learned.tallies["sector"].match_no == 20 + PER_DECIDER


def test_a_factor_with_few_cases_keeps_its_weight() -> None:
    rows = [
        *BALANCED,
        *many(LEAST_IN_CELL - 1, "", sector="match", market="gap"),
        *many(1, "", sector="match"),
    ]
    learned = relearn(rows, FLAT)
    assert learned is not None
    assert learned.tallies["market"].lift is None
    assert learned.weights["market"] == FLAT["market"]


def test_the_real_weights_are_all_learned() -> None:
    rows = [
        *many(150, "", **dict.fromkeys(WEIGHTS, "match")),
        *many(150, "dismissed", **dict.fromkeys(WEIGHTS, "gap")),
    ]
    learned = relearn(rows)
    assert learned is not None
    assert list(learned.weights) == list(WEIGHTS)
    assert learned.weights == pytest.approx(dict(WEIGHTS))  # all separate equally well
