"""The smallest set of organisations that together cover all that a need asks for.

Candidates say which requirement (for us: a pillar) which organisation covers, and how well. Of all sets the
best one leaves the fewest requirements open, then has the fewest organisations, then the highest sum of
fits, then the lowest organisation numbers. Two organisations that exclude each other are never in it
together.

Requirements are few (six pillars), so depth-first search with bounds proves the best set among all that it
was given: it takes the open requirement with the fewest candidates, tries each of them, and turns back
where the set would grow too large or could not become better. A general solver would bring a large
dependency for a search of some thousand steps. A budget of steps bounds the worst case; `proven` says
whether it sufficed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

STEPS = 200_000  # about half a second


@dataclass(frozen=True, slots=True)
class Candidate:
    """`organisation` covers `requirement` with `listing`, by `fit` in [0, 1]."""

    organisation: int
    requirement: str
    listing: int
    fit: float


@dataclass(frozen=True, slots=True)
class Consortium:
    """Who covers what, in the order of the requirements.

    `missing`: requirements that nobody covers. `blocked`: somebody does, but not together with the others.
    `runners_up`: for each covered requirement the best other organisation that could take it over beside
    the rest. `considered` counts the organisations among which the search chose.
    """

    members: tuple[Candidate, ...]
    runners_up: Mapping[str, Candidate]
    missing: tuple[str, ...]
    blocked: tuple[str, ...]
    considered: int
    proven: bool

    @property
    def organisations(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(member.organisation for member in self.members))


Pair = tuple[int, int]


def build(
    requirements: Sequence[str],
    candidates: Iterable[Candidate],
    conflicts: Collection[Pair] = (),
    steps: int = STEPS,
) -> Consortium:
    """The best consortium for the requirements; `conflicts` are pairs of organisations, in any order."""
    wanted = tuple(dict.fromkeys(requirements))
    best = _best_of_each(wanted, candidates)
    rivals: dict[int, set[int]] = {}
    for one, other in conflicts:
        rivals.setdefault(one, set()).add(other)
        rivals.setdefault(other, set()).add(one)
    coverable = [name for name in wanted if best[name]]
    search = _Search(coverable, best, rivals, steps)
    chosen = search.run()
    return Consortium(
        members=tuple(chosen[name] for name in coverable if name in chosen),
        runners_up=_runners_up(chosen, best, rivals),
        missing=tuple(name for name in wanted if not best[name]),
        blocked=tuple(name for name in coverable if name not in chosen),
        considered=len({organisation for offers in best.values() for organisation in offers}),
        proven=search.left > 0,
    )


Offers = dict[str, dict[int, Candidate]]  # requirement -> organisation -> its best candidate


def _best_of_each(wanted: Sequence[str], candidates: Iterable[Candidate]) -> Offers:
    best: Offers = {name: {} for name in wanted}
    for one in sorted(candidates, key=lambda one: (-one.fit, one.organisation, one.listing)):
        if one.requirement in best:
            best[one.requirement].setdefault(one.organisation, one)
    return best


def _order(one: Candidate) -> tuple[float, int]:
    return -one.fit, one.organisation


def _sum(fits: Iterable[float]) -> float:
    """Rounded, so that the order of adding decides nothing."""
    return round(sum(fits), 9)


class _Search:
    """Depth-first over the open requirements; `left` of the budget is 0 when the search was cut short."""

    def __init__(
        self, wanted: Sequence[str], best: Offers, rivals: Mapping[int, set[int]], steps: int
    ) -> None:
        self.best, self.rivals, self.left = best, rivals, steps
        # The hardest requirement first: it leaves the fewest ways.
        self.order = sorted(wanted, key=lambda name: (len(best[name]), name))
        self.found: dict[str, Candidate] | None = None
        self.found_key: tuple[float, tuple[int, ...]] = (0.0, ())

    def run(self) -> dict[str, Candidate]:
        """The best cover of the fewest open requirements, then of the fewest organisations."""
        for skipped in range(len(self.order) + 1):
            for size in range(min(1, len(self.order) - skipped), len(self.order) - skipped + 1):
                self._visit(frozenset(), frozenset(), size, skipped)
                if self.found is not None:
                    return self.found
                if self.left <= 0:
                    return self._greedy()
        return {}

    def _visit(self, members: frozenset[int], skipped: frozenset[str], size: int, may_skip: int) -> None:
        self.left -= 1
        if self.left <= 0:
            return
        open_ = [name for name in self.order if name not in skipped and not members & self.best[name].keys()]
        if not open_:
            self._keep(members, skipped)
            return
        if len(members) < size and self._could_win(skipped):
            for one in sorted(self.best[open_[0]].values(), key=_order):
                if not members & self.rivals.get(one.organisation, set()):
                    self._visit(members | {one.organisation}, skipped, size, may_skip)
        if len(skipped) < may_skip:
            self._visit(members, skipped | {open_[0]}, size, may_skip)

    def _could_win(self, skipped: frozenset[str]) -> bool:
        """Whether the best fit of every requirement would still beat what was found."""
        if self.found is None:
            return True
        fits = (
            max(one.fit for one in self.best[name].values()) for name in self.order if name not in skipped
        )
        return -_sum(fits) <= self.found_key[0]

    def _keep(self, members: frozenset[int], skipped: frozenset[str]) -> None:
        cover = {
            name: min((self.best[name][one] for one in members if one in self.best[name]), key=_order)
            for name in self.order
            if name not in skipped
        }
        numbers = tuple(sorted({one.organisation for one in cover.values()}))
        key = (-_sum(one.fit for one in cover.values()), numbers)
        if self.found is None or key < self.found_key:
            self.found, self.found_key = cover, key

    def _greedy(self) -> dict[str, Candidate]:
        """Whoever covers most of what is open, as long as anybody does: when the budget is spent."""
        chosen: dict[str, Candidate] = {}
        members: set[int] = set()
        while open_ := [name for name in self.order if name not in chosen]:
            gains: dict[int, list[Candidate]] = {}
            for name in open_:
                for organisation, one in self.best[name].items():
                    if not members & self.rivals.get(organisation, set()):
                        gains.setdefault(organisation, []).append(one)
            if not gains:
                break
            leader = min(gains, key=lambda o: (-len(gains[o]), -sum(one.fit for one in gains[o]), o))
            members.add(leader)
            chosen |= {one.requirement: one for one in gains[leader]}
        return chosen


def _runners_up(
    chosen: Mapping[str, Candidate], best: Offers, rivals: Mapping[int, set[int]]
) -> dict[str, Candidate]:
    """Who could take a requirement over without the one that has it now."""
    found = {}
    for name, holder in chosen.items():
        others = {one.organisation for key, one in chosen.items() if key != name}
        able = [
            one
            for organisation, one in best[name].items()
            if organisation != holder.organisation and not others & rivals.get(organisation, set())
        ]
        if able:
            found[name] = min(able, key=_order)
    return found
