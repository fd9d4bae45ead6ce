"""Who is shown in a list, and how evenly: variety, a floor for newcomers, and relief for the overrun.

Pure functions. The score decides; these rules only move what lies close together, and what they cost is
measured (`cost`), never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Policy:
    """The setting. `OFF` shows by score alone.

    `per_organisation`: places of one organisation in a list. `newcomer_share`: of the places, for newcomers
    that score at least `newcomer_margin` of the last place's score. `comfortable`: open interests that an
    organisation answers without trouble; from there to `full` what it scores falls by up to `relief`.
    """

    per_organisation: int = 2
    newcomer_share: float = 0.2
    newcomer_margin: float = 0.85
    comfortable: int = 5
    full: int = 20
    relief: float = 0.3


POLICY = Policy()
OFF = Policy(per_organisation=10**9, newcomer_share=0.0, relief=0.0)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that may take a place: its fit, higher is better; `tie`, then `key` decide between equals."""

    key: int
    organisation: int
    score: float
    newcomer: bool = False
    tie: float = 0.0
    load: int = 0  # interests that wait for its organisation's answer


def paced(score: float, load: int, policy: Policy = POLICY) -> float:
    """The score that ranks: less for an organisation with more interests than it can answer."""
    share = (load - policy.comfortable) / (policy.full - policy.comfortable)
    return score * (1 - policy.relief * min(1.0, max(0.0, share)))


def arrange(entries: Iterable[Entry], limit: int, policy: Policy = POLICY) -> list[Entry]:
    """At most `limit` entries, best first; the order of equal ones is fixed."""
    ranked = sorted(
        entries,
        key=lambda entry: (
            -paced(entry.score, entry.load, policy),
            -entry.score,
            -entry.tie,
            entry.key,
        ),
    )
    kept: Counter[int] = Counter()
    shown: list[Entry] = []
    rest: list[Entry] = []
    for entry in ranked:
        room = len(shown) < limit and kept[entry.organisation] < policy.per_organisation
        kept[entry.organisation] += room
        (shown if room else rest).append(entry)
    return _with_newcomers(shown, rest, int(limit * policy.newcomer_share), policy)


def _with_newcomers(shown: list[Entry], rest: list[Entry], wanted: int, policy: Policy) -> list[Entry]:
    """Give the last places of the established to newcomers that score nearly as well."""
    missing = wanted - sum(entry.newcomer for entry in shown)
    if missing <= 0 or not shown:
        return shown
    least = policy.newcomer_margin * shown[-1].score
    for entry in rest:
        leaving = next((at for at in reversed(range(len(shown))) if not shown[at].newcomer), None)
        if missing == 0 or leaving is None:
            break
        others = sum(one.organisation == entry.organisation for at, one in enumerate(shown) if at != leaving)
        if entry.newcomer and entry.score >= least and others < policy.per_organisation:
            shown = [*shown[:leaving], *shown[leaving + 1 :], entry]
            missing -= 1
    return shown


def cost(plain: Sequence[Entry], fair: Sequence[Entry]) -> float:
    """The mean score lost by showing `fair` instead of `plain`; places that stay empty score nothing."""
    places = max(len(plain), len(fair))
    lost = sum(entry.score for entry in plain) - sum(entry.score for entry in fair)
    return lost / places if places else 0.0


def gini(amounts: Iterable[float]) -> float:
    """How unevenly amounts >= 0 are spread: 0 all the same, towards 1 one has all. 0 for nothing at all."""
    sorted_ = np.sort(np.fromiter(amounts, dtype=float))
    total = float(sorted_.sum())
    if not total:
        return 0.0
    n = len(sorted_)
    return float((2 * np.arange(1, n + 1) - n - 1) @ sorted_ / (n * total))


def attention(place: int) -> float:
    """What the place `place` (from 0) of a list is worth: readers look less the further down it is.

    The discount of nDCG (Järvelin and Kekäläinen 2002).
    """
    return float(1 / np.log2(place + 2))
