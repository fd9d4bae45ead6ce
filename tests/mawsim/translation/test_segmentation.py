import pytest
from hypothesis import given, settings, strategies

from mawsim.core.languages import CODES
from mawsim.translation.segmentation import LONGEST, gap_in, normalised, sentences


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "ko",
            "병원 40곳입니다. 97.2%입니다!\n\n문의하세요.",
            ["병원 40곳입니다.", "97.2%입니다!", "문의하세요."],
        ),
        ("km", "យើងមាន ១២។ យើងត្រូវការ។", ["យើងមាន ១២។", "យើងត្រូវការ។"]),
        ("my", "ရုံရှိသည်။လိုအပ်သည်။", ["ရုံရှိသည်။", "လိုအပ်သည်။"]),
        ("lo", "ມີ 12 ແຫ່ງ. ຕ້ອງການ.", ["ມີ 12 ແຫ່ງ.", "ຕ້ອງການ."]),
        ("th", "ยินดีครับ เรามีโรงพยาบาล", ["ยินดีครับ", "เรามีโรงพยาบาล"]),
        ("zh-Hans", "我们有12家医院。需要软件！", ["我们有12家医院。", "需要软件！"]),
        ("ar", "لدينا مستشفى. نحتاج؟ نعم.", ["لدينا مستشفى.", "نحتاج؟", "نعم."]),
    ],
)
def test_sentences(language: str, text: str, expected: list[str]) -> None:
    assert [sentence.text for sentence in sentences(text, language)] == expected


@given(text=strategies.text(max_size=900), language=strategies.sampled_from(CODES))
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_and_nothing_too_long(text: str, language: str) -> None:
    found = sentences(text, language)
    assert "".join(part.text + part.gap for part in found) == normalised(text)
    assert all(len(part.text) <= LONGEST for part in found)


@pytest.mark.parametrize("word", ["가", "ก", "a", "ក", "7", "가나 ", "word, "])
def test_what_has_no_full_stop_is_cut(word: str) -> None:
    text = (word * 4000)[:4000].strip()
    found = sentences(text, "ko")
    assert "".join(part.text + part.gap for part in found) == text
    assert len(found) >= 10


@pytest.mark.parametrize(
    ("gap", "target", "found"),
    [(" ", "en", " "), ("", "en", " "), ("", "th", " "), (" ", "zh-Hans", ""), ("\n\n", "zh-Hans", "\n\n")],
)
def test_gaps_are_those_of_the_language(gap: str, target: str, found: str) -> None:
    assert gap_in(gap, target) == found
