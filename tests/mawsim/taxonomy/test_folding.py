import pytest

from mawsim.taxonomy.folding import fold, joined_tails


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("y te", "Y tế"),
        ("dien", "Điện"),
        ("isik", "IŞIK"),
        ("ısık", "ışık"),
        ("الزراعه", "الزراعة"),
        ("اداره", "إدارة"),
        ("فناوری", "فناوري"),
        ("پیش بینی", "پیش\u200cبینی"),
        ("پیش", "پیش\u200c"),
        ("تامین داده ها", "تأمین داده\u200cها"),
        ("ကျွန်ုပ်တို့သည်", "ကျွန်ုပ်တို့\u200cသည်"),
        ("שלום", "שָׁלוֹם"),
        ("k content", "K-content"),
        ("LLM", "ＬＬＭ"),
    ],
)
def test_ways_of_typing_the_same_are_equal(typed: str, written: str) -> None:
    assert fold(typed) == fold(written)


@pytest.mark.parametrize(("one", "other"), [("ที่", "ที"), ("ខែ", "ខ"), ("မြန်မာ", "မရနမာ"), ("가", "각")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_half_typed_korean_syllable_is_a_prefix() -> None:
    assert fold("의료영상").startswith(fold("의료여"))


def test_a_name_with_a_half_space_is_also_known_run_together() -> None:
    assert joined_tails("تحلیل کسب\u200cوکار") == (fold("تحلیلکسبوکار"), fold("کسبوکار"))
    assert joined_tails("تحلیل مشتری") == ()
