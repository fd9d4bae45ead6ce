import pytest

from mawsim.translation.facts import find, lost_and_invented
from mawsim.translation.sentinels import BrokenSentinels, mask, unmask


def _facts(text: str, language: str, *names: str) -> list[str]:
    return [text[fact.start : fact.end] for fact in find(text, language, names)]


@pytest.mark.parametrize(
    ("language", "text", "facts"),
    [
        ("ko", "2026년 11월 22일까지 50억 원, 12만 명", ["2026년 11월 22일", "50억", "12만"]),
        ("ko", "GPT-4와 H100 8장, 24시간, 10~20%", ["GPT-4", "H100", "8", "24", "10~20%"]),
        ("ko", "ISO 13485:2016 인증, TRL 7, KS C 9610", ["ISO 13485:2016", "TRL 7", "KS C 9610"]),
        (
            "ko",
            "info@hanbit.co.kr, https://hanbit.ai/x?y=1.",
            ["info@hanbit.co.kr", "https://hanbit.ai/x?y=1"],
        ),
        ("en", "By 22 November 2026: USD 5 million (≥ 95%)", ["22 November 2026", "USD 5 million", "≥ 95%"]),
        ("en", "24-hour COVID-19 care, 24/7, -5°C, 3.5 GB", ["24", "COVID-19", "24/7", "-5°C", "3.5 GB"]),
        ("en", "we may 5 times", ["5"]),
        ("en", "510(k), +82-2-1234-5678, Qwen2.5-VL", ["510(k)", "+82-2-1234-5678", "Qwen2.5-VL"]),
        ("vi", "Ngày 22 tháng 11 năm 2026, 5 nghìn tỷ đồng", ["Ngày 22 tháng 11 năm 2026", "5 nghìn tỷ"]),
        ("tl", "May 6,200 upuan", ["6,200"]),
        ("fa", "۱۲ بیمارستان و ۵ میلیون دلار", ["۱۲", "۵ میلیون"]),
        ("ar", "بحلول 22 نوفمبر 2026 لدينا 5 ملايين", ["22 نوفمبر 2026", "5 ملايين"]),
        ("th", "12 แห่ง และ 5 ล้านบาท", ["12", "5 ล้าน"]),
        ("zh-Hans", "12家医院，5亿元，2026年3月", ["12", "5亿", "2026年3月"]),
        ("ko", "USD 5 million 규모", ["USD 5 million"]),
    ],
)
def test_facts_are_found(language: str, text: str, facts: list[str]) -> None:
    assert _facts(text, language) == facts


def test_names_are_found_as_words() -> None:
    assert _facts("Hanbit Lung을 쓰는 Hanbitter", "ko", "Hanbit Lung", "Hanbit") == ["Hanbit Lung"]


@pytest.mark.parametrize(
    ("source", "text", "target", "written"),
    [
        ("ko", "50억", "en", "50 hundred million"),
        ("ko", "50억", "zh-Hans", "50亿"),
        ("en", "USD 5 million", "ko", "USD 5백만"),
        ("vi", "300 triệu VND", "en", "300 million VND"),
        ("ko", "2026년 11월 22일", "ar", "22 نوفمبر 2026"),
        ("ko", "2026년 11월 22일", "th", "22 พฤศจิกายน 2026"),
        ("en", "22 November 2026", "ko", "2026년 11월 22일"),
        ("en", "22 November 2026", "vi", "22 tháng 11 năm 2026"),
        ("zh-Hans", "2026年3月", "en", "March 2026"),
        ("fa", "۱۲", "en", "12"),
        ("fa", "۹۷٫۵", "fa", "۹۷٫۵"),
        ("en", "1,234.5 kg", "tr", "1,234.5 kg"),
    ],
)
def test_digits_stay_as_written_and_words_are_translated(
    source: str, text: str, target: str, written: str
) -> None:
    assert [fact.written(target) for fact in find(text, source)] == [written]


def test_a_power_of_ten_more_is_a_lost_fact() -> None:
    facts = find("50억 원", "ko")
    assert lost_and_invented(facts, "50 hundred million won", "en") == ([], [])
    assert any(lost_and_invented(facts, "50 billion won", "en"))
    assert any(lost_and_invented(facts, "5 billion won", "en"))


def test_masks_come_back_in_any_order_and_however_carelessly() -> None:
    masked = mask("병원 12곳, 97%", find("병원 12곳, 97%", "ko"))
    assert masked.text == "병원 ⟦1⟧곳, ⟦2⟧"
    assert unmask("⟦2⟧ at ⟦1⟧ hospitals", masked, "en") == "97% at 12 hospitals"
    assert unmask("[2] at ⟦ 1 ⟧ hospitals", masked, "en") == "97% at 12 hospitals"


@pytest.mark.parametrize("answer", ["⟦1⟧", "⟦1⟧ ⟦1⟧ ⟦2⟧", "⟦1⟧ ⟦2⟧ ⟦3⟧", "⟦1⟧ ⟦2⟧ ⟦", "1 2"])
def test_lost_doubled_and_invented_masks_are_refused(answer: str) -> None:
    masked = mask("병원 12곳, 97%", find("병원 12곳, 97%", "ko"))
    with pytest.raises(BrokenSentinels):
        unmask(answer, masked, "en")
