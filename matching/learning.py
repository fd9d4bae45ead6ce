"""Re-weighting of the factors from what people decided: counts that anybody can check by hand.

For each factor, decisions are sorted into four cells: the factor was a MATCH or a GAP, the other side said
yes or no. The factor's *lift* is by how much a match raises the share of yes, with one yes and one no added
to each side so that few decisions say little. A factor that separates yes from no better than the others
gains weight, one that separates worse loses some, by at most `MOST`. Nothing is learned from fewer than
`LEAST_DECISIONS` decisions, and nothing about a factor with fewer than `LEAST_IN_CELL` matches or gaps.

A refusal counts only against what it is about: whoever has no budget says nothing about the sector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matching.scoring import Verdict
from matching.weights import WEIGHTS, Weights

LEAST_DECISIONS = 200
LEAST_IN_CELL = 20
MOST = 0.5  # of a weight, up or down
PER_DECIDER = 20  # the newest of one organisation: no single one may steer the weights

# Which factors a coded refusal speaks of. A code that is not here is about something else than the fit.
ABOUT: Mapping[str, frozenset[str]] = {
    "not_relevant": frozenset({"text", "pillar", "sector", "technology", "partnership"}),
    "wrong_market": frozenset({"market", "origin"}),
    "wrong_stage": frozenset({"stage"}),
    "budget": frozenset({"ticket"}),
    "dismissed": frozenset(WEIGHTS),  # "not for us", without a reason: anything may be meant
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What `decider` said to a pair: a refusal's `reason`, empty for a yes; factor -> verdict at the time."""

    decider: int
    reason: str
    verdicts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tally:
    """The four cells of one factor, its lift (None: too few to tell) and the weight that follows."""

    match_yes: int
    match_no: int
    gap_yes: int
    gap_no: int
    lift: float | None
    weight: float


@dataclass(frozen=True, slots=True)
class Learned:
    """`decisions` counts those that were used; `tallies` come in the order of the weights."""

    decisions: int
    tallies: Mapping[str, Tally]

    @property
    def weights(self) -> dict[str, float]:
        return {name: tally.weight for name, tally in self.tallies.items()}


def relearn(decisions: Iterable[Decision], base: Weights = WEIGHTS) -> Learned | None:
    """The weights that decisions, newest first, speak for; None as long as there are too few."""
    used = _used(decisions)
    if len(used) < LEAST_DECISIONS:
        return None
    cells = {name: _cells(used, name) for name in base}
    lifts = {name: _lift(*cells[name]) for name in base}
    known = {name: lift for name, lift in lifts.items() if lift is not None}
    total = sum(base[name] for name in known)
    mean = sum(base[name] * lift for name, lift in known.items()) / total if total else 0.0
    tallies = {}
    for name, weight in base.items():
        lift = lifts[name]
        change = 0.0 if lift is None else min(MOST, max(-MOST, lift - mean))
        tallies[name] = Tally(*cells[name], lift, round(weight * (1 + change), 4))
    return Learned(len(used), tallies)


def _used(decisions: Iterable[Decision]) -> list[Decision]:
    """Those that say something about the fit, at most `PER_DECIDER` of one organisation."""
    counts: dict[int, int] = {}
    used = []
    for decision in decisions:
        if decision.verdicts and (not decision.reason or decision.reason in ABOUT):
            counts[decision.decider] = counts.get(decision.decider, 0) + 1
            if counts[decision.decider] <= PER_DECIDER:
                used.append(decision)
    return used


def _cells(decisions: Iterable[Decision], factor: str) -> tuple[int, int, int, int]:
    """(match and yes, match and no, gap and yes, gap and no)"""
    count = {(verdict, yes): 0 for verdict in (Verdict.MATCH, Verdict.GAP) for yes in (True, False)}
    for decision in decisions:
        yes = not decision.reason
        key = (decision.verdicts.get(factor), yes)
        if key in count and (yes or factor in ABOUT[decision.reason]):
            count[key] += 1  # type: ignore[index]  # a Verdict equals its string
    first, second, third, fourth = count.values()
    return first, second, third, fourth


def _lift(match_yes: int, match_no: int, gap_yes: int, gap_no: int) -> float | None:
    if min(match_yes + match_no, gap_yes + gap_no) < LEAST_IN_CELL:
        return None
    return round(_share(match_yes, match_no) - _share(gap_yes, gap_no), 4)


def _share(yes: int, no: int) -> float:
    return (yes + 1) / (yes + no + 2)
