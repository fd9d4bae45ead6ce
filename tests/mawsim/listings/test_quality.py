from typing import Any

import pytest

from mawsim.listings.quality import SENTENCES, Hint, Quality, assess
from tests.mawsim.listings.samples import KOREAN

FULL = {
    **KOREAN,
    "summary": KOREAN["summary"] + " 동남아시아 병원에서 실증을 마쳤고 현지 언어 화면을 제공합니다.",
    "body": KOREAN["body"] + " 설치는 하루면 끝나고, 기존 영상저장 시스템과 표준 규격으로 연결됩니다. " * 4,
}


def test_nothing_yet() -> None:
    quality = assess({})
    assert quality.score == 0
    assert quality.hints[:2] == (Hint.TITLE, Hint.SUMMARY)
    assert not {Hint.TITLE_SHORT, Hint.SUMMARY_SHORT, Hint.BODY_SHORT} & set(quality.hints)


def test_everything() -> None:
    assert assess(FULL) == Quality(100, ())


@pytest.mark.parametrize(
    ("changed", "hint", "score"),
    [
        ({"title": ""}, Hint.TITLE, 85),
        ({"title": "판독"}, Hint.TITLE_SHORT, 92),
        ({"title": "Reading chest X-rays in rural hospitals"}, None, 100),
        ({"summary": " "}, Hint.SUMMARY, 85),
        ({"summary": "3초 판독"}, Hint.SUMMARY_SHORT, 92),
        ({"body": ""}, Hint.BODY, 86),
        ({"sectors": []}, Hint.SECTORS, 87),
        ({"technologies": []}, Hint.TECHNOLOGIES, 89),
        ({"partnership_types": []}, Hint.PARTNERSHIP_TYPES, 92),
        ({"target_countries": []}, Hint.TARGET_COUNTRIES, 94),
        ({"stage": ""}, Hint.STAGE, 95),
        ({"details": {}}, Hint.DETAILS, 93),
    ],
)
def test_each_gap_has_its_hint_and_its_price(changed: dict[str, Any], hint: Hint | None, score: int) -> None:
    quality = assess({**FULL, **changed})
    assert (quality.score, quality.hints) == (score, (hint,) if hint else ())


def test_a_title_that_shouts() -> None:
    assert Hint.TITLE_CAPITALS in assess({**FULL, "title": "READING CHEST FILMS"}).hints


def test_texts_without_figures() -> None:
    words = {"summary": FULL["summary"].replace("3", "삼"), "body": "가나다라마바사 " * 60}
    assert assess({**FULL, **words}).hints == (Hint.FIGURES,)


@pytest.mark.parametrize(
    "raw",
    [
        {"title": None, "details": None},
        {"title": ["x"], "sectors": "x"},
        {"pillar": "nonsense"},
        {"stage": 0},
    ],
)
def test_raw_input_is_judged_never_refused(raw: dict[str, Any]) -> None:
    assert 0 <= assess(raw).score <= 100


def test_every_hint_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Hint)
    assert len(assess({}).sentences) == len(assess({}).hints)
