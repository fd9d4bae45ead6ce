"""The smallest set that covers a need, against every possible set."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.consortium import Candidate, Consortium, Pair, build

PILLARS = ("technology", "capital", "data", "market", "talent", "infrastructure")


def offers(*rows: tuple[int, str, float]) -> list[Candidate]:
    """(organisation, requirement, fit), each by a listing of its own."""
    return [Candidate(org, name, 100 + at, fit) for at, (org, name, fit) in enumerate(rows)]


def who(found: Consortium) -> dict[str, int]:
    return {one.requirement: one.organisation for one in found.members}


def test_one_that_covers_all_comes_before_two_better_ones() -> None:
    found = build(
        ["capital", "data"],
        offers((1, "capital", 0.6), (1, "data", 0.6), (2, "capital", 0.9), (3, "data", 0.9)),
    )
    assert who(found) == {"capital": 1, "data": 1}
    assert {name: one.organisation for name, one in found.runners_up.items()} == {"capital": 2, "data": 3}
    assert (found.organisations, found.considered, found.proven) == ((1,), 3, True)


def test_of_equally_many_the_better_fit_wins() -> None:
    found = build(
        ["capital", "data", "market"],
        offers(
            (1, "capital", 0.7), (2, "data", 0.8), (2, "market", 0.6), (3, "data", 0.9), (3, "market", 0.6)
        ),
    )
    assert who(found) == {"capital": 1, "data": 3, "market": 3}
    assert "capital" not in found.runners_up


def test_the_best_listing_of_an_organisation_stands_for_it() -> None:
    found = build(["data"], [Candidate(1, "data", 11, 0.6), Candidate(1, "data", 12, 0.8)])
    assert [one.listing for one in found.members] == [12]
    assert found.runners_up == {}


def test_what_nobody_covers_is_named() -> None:
    found = build(["capital", "talent"], offers((1, "capital", 0.6)))
    assert (who(found), found.missing, found.blocked) == ({"capital": 1}, ("talent",), ())


def test_rivals_are_never_together() -> None:
    rows = offers((1, "capital", 0.9), (2, "data", 0.9), (3, "data", 0.5))
    found = build(["capital", "data"], rows, conflicts=[(2, 1)])
    assert who(found) == {"capital": 1, "data": 3}
    assert found.runners_up == {}  # 2 could not sit beside 1


def test_what_rivals_leave_open_is_blocked_not_missing() -> None:
    found = build(["capital", "data"], offers((1, "capital", 0.6), (2, "data", 0.9)), conflicts=[(1, 2)])
    assert (who(found), found.missing, found.blocked) == ({"data": 2}, (), ("capital",))


def test_nothing_to_choose_from() -> None:
    found = build(["capital"], [])
    assert (found.members, found.missing, found.proven) == ((), ("capital",), True)
    assert build([], offers((1, "capital", 0.6))).members == ()


def test_a_spent_budget_still_covers_and_says_so() -> None:
    rows = offers(*((org, name, 0.5) for org in range(30) for name in PILLARS if (org + len(name)) % 3))
    found = build(PILLARS, rows, steps=3)
    assert not found.proven
    assert set(who(found)) == set(PILLARS)


def brute(names: list[str], rows: list[Candidate], conflicts: set[Pair]) -> tuple[int, int, float]:
    """(open requirements, organisations, -sum of fits) of the best of all sets."""
    best = (len(names), 0, 0.0)
    everyone = sorted({one.organisation for one in rows})
    for size in range(len(everyone) + 1):
        for members in combinations(everyone, size):
            if any({one, other} <= set(members) for one, other in conflicts):
                continue
            fits = [
                max(
                    (r.fit for r in rows if r.requirement == name and r.organisation in members), default=None
                )
                for name in names
            ]
            covered = [fit for fit in fits if fit is not None]
            best = min(best, (len(names) - len(covered), size, -round(sum(covered), 9)))
    return best


candidates = st.builds(
    Candidate,
    st.integers(1, 6),
    st.sampled_from(PILLARS[:5]),
    st.integers(1, 50),
    st.sampled_from([0.5, 0.55, 0.6, 0.75, 0.9]),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PILLARS[:5]), unique=True, min_size=1),
    st.lists(candidates, max_size=14),
    st.sets(
        st.tuples(st.integers(1, 6), st.integers(1, 6)).filter(lambda pair: pair[0] < pair[1]), max_size=5
    ),
)
def test_it_is_the_best_of_all_sets(names: list[str], rows: list[Candidate], conflicts: set[Pair]) -> None:
    found = build(names, rows, conflicts)
    assert found.proven
    left = len(names) - len(found.members)
    assert left == len(found.missing) + len(found.blocked)
    fit = -round(sum(one.fit for one in found.members), 9)
    assert (left, len(found.organisations), fit) == brute(names, rows, conflicts)
    assert not any({one, other} <= set(found.organisations) for one, other in conflicts)
