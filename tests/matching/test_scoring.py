"""Complementarity: one factor at a time, then fused both ways."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.errors import InvalidPair
from matching.scoring import (
    NEED,
    OFFER,
    Factor,
    ListingFacts,
    PairScore,
    Reason,
    Verdict,
    organisation_score,
    pair_score,
)
from matching.weights import WEIGHTS

VIETCARE, HANBIT = 1, 2
BARE_NEED = ListingFacts(id=10, kind=NEED, organisation=VIETCARE)
BARE_OFFER = ListingFacts(id=20, kind=OFFER, organisation=HANBIT)
FULL_NEED = replace(
    BARE_NEED,
    pillar="technology",
    sectors=frozenset({"health"}),
    technologies=frozenset({"medical-imaging", "ocr"}),
    partnership_types=frozenset({"pilot", "licence"}),
    country="VN",
    target_countries=frozenset({"KR"}),
    stage=7,
    ticket_min=100_000,
    ticket_max=500_000,
)
FULL_OFFER = replace(
    BARE_OFFER,
    pillar="technology",
    sectors=frozenset({"health", "education"}),
    technologies=frozenset({"medical-imaging", "ocr", "speech"}),
    partnership_types=frozenset({"pilot", "licence"}),
    country="KR",
    target_countries=frozenset({"VN", "ID"}),
    stage=9,
    ticket_max=300_000,
)


def _factor(pair: PairScore, name: str) -> Factor:
    return next(factor for factor in pair.factors if factor.name == name)


def test_a_pair_that_fits_in_everything() -> None:
    pair = pair_score(FULL_NEED, FULL_OFFER, similarity=0.7)
    assert pair.score == pytest.approx(1.0)
    assert [factor.reason for factor in pair.factors] == [
        Reason.TEXT_SIMILAR,
        Reason.PILLAR_SAME,
        Reason.SECTOR_SHARED,
        Reason.TECHNOLOGY_SHARED,
        Reason.PARTNERSHIP_SHARED,
        Reason.MARKET_WANTED,
        Reason.ORIGIN_WANTED,
        Reason.STAGE_READY,
        Reason.TICKET_FITS,
    ]
    assert [factor.name for factor in pair.factors] == list(WEIGHTS)
    assert _factor(pair, "technology").shared == ("medical-imaging", "ocr")
    assert (pair.need, pair.offer) == (10, 20)


GAPS = [
    ("pillar", {"pillar": "capital"}, Reason.PILLAR_DIFFERENT),
    ("sector", {"sectors": frozenset({"energy"})}, Reason.SECTOR_DIFFERENT),
    ("technology", {"technologies": frozenset({"speech-synthesis"})}, Reason.TECHNOLOGY_DIFFERENT),
    ("partnership", {"partnership_types": frozenset({"investment"})}, Reason.PARTNERSHIP_DIFFERENT),
    ("market", {"target_countries": frozenset({"SA"})}, Reason.MARKET_NOT_TARGETED),
    ("origin", {"country": "SG"}, Reason.ORIGIN_NOT_TARGETED),
    ("stage", {"stage": 6}, Reason.STAGE_EARLY),
    ("ticket", {"ticket_max": 99_999.0}, Reason.TICKET_TOO_SMALL),
    ("ticket", {"ticket_min": 500_001.0, "ticket_max": None}, Reason.TICKET_TOO_LARGE),
]
UNKNOWNS = [
    ("pillar", {"pillar": None}, Reason.PILLAR_UNKNOWN),
    ("sector", {"sectors": frozenset()}, Reason.SECTOR_UNKNOWN),
    ("technology", {"technologies": frozenset()}, Reason.TECHNOLOGY_UNKNOWN),
    ("partnership", {"partnership_types": frozenset()}, Reason.PARTNERSHIP_UNKNOWN),
    ("market", {"target_countries": frozenset()}, Reason.MARKET_UNKNOWN),
    ("origin", {"country": None}, Reason.ORIGIN_UNKNOWN),
    ("stage", {"stage": None}, Reason.STAGE_UNKNOWN),
    ("ticket", {"ticket_max": None}, Reason.TICKET_UNKNOWN),
]


@pytest.mark.parametrize(("name", "change", "reason"), GAPS)
def test_a_gap_costs_its_weight(name: str, change: dict, reason: Reason) -> None:
    pair = pair_score(FULL_NEED, replace(FULL_OFFER, **change), similarity=0.7)
    assert (_factor(pair, name).verdict, _factor(pair, name).reason) == (Verdict.GAP, reason)
    assert pair.score == pytest.approx(1 - WEIGHTS[name] / sum(WEIGHTS.values()))


@pytest.mark.parametrize(("name", "change", "reason"), UNKNOWNS)
def test_the_unknown_neither_helps_nor_hurts(name: str, change: dict, reason: Reason) -> None:
    pair = pair_score(FULL_NEED, replace(FULL_OFFER, **change), similarity=0.7)
    assert (_factor(pair, name).verdict, _factor(pair, name).reason) == (Verdict.UNKNOWN, reason)
    assert pair.score == pytest.approx(1.0)
    assert sum(factor.verdict is Verdict.UNKNOWN for factor in pair.factors) == 1


def test_the_unknown_lies_between_match_and_gap() -> None:
    scores = [
        pair_score(FULL_NEED, replace(FULL_OFFER, pillar=pillar), similarity=0.4).score
        for pillar in ("technology", None, "data")
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


@pytest.mark.parametrize(
    ("similarity", "expected"), [(0.7, 1.0), (0.4, 0.5), (0.1, 0.0), (-0.5, 0.0), (1.0002, 1.0)]
)
def test_text_alone_decides_where_nothing_else_is_known(similarity: float, expected: float) -> None:
    assert pair_score(BARE_NEED, BARE_OFFER, similarity).score == pytest.approx(expected)


def test_nothing_known_scores_nothing() -> None:
    pair = pair_score(BARE_NEED, BARE_OFFER, None)
    assert pair.score == 0
    assert {factor.verdict for factor in pair.factors} == {Verdict.UNKNOWN}


def test_part_of_what_is_wanted_is_worth_less() -> None:
    pair = pair_score(FULL_NEED, replace(FULL_OFFER, technologies=frozenset({"ocr"})), 0.7)
    assert _factor(pair, "technology") == Factor(
        "technology", Verdict.MATCH, Reason.TECHNOLOGY_SHARED, 0.75, ("ocr",)
    )


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(InvalidPair):
        pair_score(BARE_OFFER, BARE_NEED, 0.5)
    with pytest.raises(InvalidPair):
        pair_score(BARE_NEED, replace(BARE_OFFER, organisation=VIETCARE), 0.5)


def test_any_of_the_pillars_that_a_need_seeks_is_a_match() -> None:
    need = replace(FULL_NEED, further_pillars=frozenset({"capital", "data"}))
    factor = _factor(pair_score(need, replace(FULL_OFFER, pillar="data"), 0.7), "pillar")
    assert (factor.reason, factor.value, factor.shared) == (Reason.PILLAR_SAME, 1.0, ("data",))
    assert (
        _factor(pair_score(need, replace(FULL_OFFER, pillar="talent"), 0.7), "pillar").verdict is Verdict.GAP
    )


@pytest.mark.parametrize(
    ("currency", "largest", "reason"),
    [
        ("KRW", 92_000, Reason.TICKET_FITS),  # 8 % short, by a rate that is some weeks old
        ("KRW", 90_000, Reason.TICKET_TOO_SMALL),
        ("USD", 92_000, Reason.TICKET_TOO_SMALL),  # one currency: to the unit
    ],
)
def test_sums_of_two_currencies_may_miss_each_other_a_little(
    currency: str, largest: float, reason: Reason
) -> None:
    need = replace(FULL_NEED, currency="USD")
    offer = replace(FULL_OFFER, ticket_max=largest, currency=currency)
    assert _factor(pair_score(need, offer, 0.7), "ticket").reason == reason


def test_other_weights_give_other_scores() -> None:
    offer = replace(FULL_OFFER, sectors=frozenset({"energy"}))
    weights = {**dict.fromkeys(WEIGHTS, 0.0), "pillar": 3.0, "sector": 1.0}
    assert pair_score(FULL_NEED, offer, 0.7, weights).score == pytest.approx(0.75)
    fused = organisation_score([FULL_NEED], [offer], {(10, 20): 0.7}, weights=weights)
    assert fused.a_gains[0].score == pytest.approx(0.75)


def _listings(organisation: int, first: int) -> list[ListingFacts]:
    return [
        ListingFacts(id=first, kind=NEED, organisation=organisation),
        ListingFacts(id=first + 1, kind=OFFER, organisation=organisation),
    ]


def _both(a_gains: float, b_gains: float) -> tuple[float, Reason | None]:
    """Scores of the two directions, made by text alone."""
    cosines = {(10, 21): 0.1 + 0.6 * a_gains, (20, 11): 0.1 + 0.6 * b_gains}
    fused = organisation_score(_listings(VIETCARE, 10), _listings(HANBIT, 20), cosines)
    return round(fused.score, 6), fused.reason


def test_both_directions_are_fused_harmonically() -> None:
    assert _both(0.8, 0.8) == (0.8, Reason.MUTUAL)
    assert _both(0.9, 0.6) == (0.72, Reason.MUTUAL)
    assert _both(0.6, 0.9) == (0.72, Reason.MUTUAL)


def test_a_weak_side_sinks_the_pair_to_a_one_sided_one() -> None:
    assert _both(0.9, 0.1) == (0.45, Reason.ONE_SIDED)
    assert _both(0.9, 0.0) == (0.45, Reason.ONE_SIDED)
    assert _both(0.9, 0.1) < _both(0.5, 0.5)
    assert _both(0.0, 0.0) == (0.0, None)


def test_one_direction_only() -> None:
    need, _ = _listings(VIETCARE, 10)
    _, offer = _listings(HANBIT, 20)
    fused = organisation_score([need], [offer], {(10, 21): 0.58})
    assert (round(fused.score, 6), fused.reason) == (0.4, Reason.ONE_SIDED)
    assert [(pair.need, pair.offer) for pair in fused.a_gains] == [(10, 21)]
    assert fused.b_gains == ()
    assert organisation_score([need], [need], {}).reason is None


def test_the_best_pairs_are_kept_in_order() -> None:
    needs = [replace(BARE_NEED, id=i) for i in (1, 2, 3)]
    offers = [replace(BARE_OFFER, id=i) for i in (7, 8)]
    cosines = {(1, 7): 0.3, (2, 8): 0.5, (3, 7): 0.5, (1, 8): 0.2}
    fused = organisation_score(needs, offers, cosines, limit=3)
    assert [(pair.need, pair.offer) for pair in fused.a_gains] == [(2, 8), (3, 7), (1, 7)]
