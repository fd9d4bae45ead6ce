"""Normalisation and sentence splitting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.text import MAX_CHARS, MAX_SENTENCE, normalise, split_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Hello\u00a0 \tWorld\n", "hello world"),
        ("ＡＢＣ　１２", "abc 12"),
        ("İSTANBUL IŞIK ışık", "istanbul işik işik"),
        ("Viê\u0323t", "vi\u1ec7t"),
        ("\u0e19\u0e4d\u0e49\u0e32", "\u0e19\u0e49\u0e33"),
        ("\u0e19\u0e49\u0e4d\u0e32", "\u0e19\u0e49\u0e33"),
        ("\u0e19\u0e49\u0e33", "\u0e19\u0e49\u0e33"),
        ("\u0e99\u0ecd\u0ec9\u0eb2", "\u0e99\u0ec9\u0eb3"),
        ("ກາ\u200bນ", "ການ"),
        ("کِتابِـي آلی", "كتابي الي"),
        ("می\u200cخواهم", "مي خواهم"),
        ("١٢٣ ۴۵ ๖๗ ៨៩ ໐", "123 45 67 89 0"),
        ("שָׁלוֹם", "שלום"),
        ("safe\u202eexe.txt\u202c\u2066!\u2069", "safeexe.txt!"),
        ("a\ud800b\udfff", "ab"),
        ("null\x00byte\x1b[0m", "nullbyte[0m"),
        ("", ""),
        ("\u200b \ufeff", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200))
def test_normalise_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


def test_normalise_caps_length() -> None:
    assert normalise("가" * 100_000) == "가" * MAX_CHARS
    # One ligature that compatibility decomposition makes eighteen characters long.
    assert len(normalise("\ufdfa" * MAX_CHARS)) <= MAX_CHARS


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("ko", "우리는 회사입니다. 3.5억 원을 찾습니다!", ["우리는 회사입니다.", "3.5억 원을 찾습니다!"]),
        ("km", "យើងលក់អង្ករ។ យើងត្រូវការដៃគូ៕", ["យើងលក់អង្ករ។", "យើងត្រូវការដៃគូ៕"]),
        ("my", "ဖြစ်သည်။ရှိသည်။", ["ဖြစ်သည်။", "ရှိသည်။"]),
        ("lo", "ພວກເຮົາພັດທະນາ. ຕ້ອງການຄູ່ຮ່ວມ.", ["ພວກເຮົາພັດທະນາ.", "ຕ້ອງການຄູ່ຮ່ວມ."]),
        ("ar", "نحن شركة. هل تريد؟", ["نحن شركة.", "هل تريد؟"]),
        ("zh-Hans", "我们公司。需要合作！", ["我们公司。", "需要合作！"]),
        ("en", "One line\nanother line", ["One line", "another line"]),
        ("th", "สวัสดีครับ เราขาย AI for hospital", ["สวัสดีครับ", "เราขาย AI for hospital"]),
        (None, "យើងលក់អង្ករ។ យើងត្រូវការដៃគូ៕", ["យើងលក់អង្ករ។", "យើងត្រូវការដៃគូ៕"]),
        ("en", " \n \t", []),
    ],
)
def test_split_sentences(lang: str | None, text: str, expected: list[str]) -> None:
    assert split_sentences(text, lang) == expected


def test_split_thai_joins_short_phrases() -> None:
    phrase = "เราพัฒนาซอฟต์แวร์สำหรับโรงพยาบาล"
    assert split_sentences(" ".join([phrase] * 6), "th") == [" ".join([phrase] * 3)] * 2


@pytest.mark.parametrize("lang", ["ko", "th", "km", "xx", None])
def test_split_sentences_caps_text_without_full_stop(lang: str | None) -> None:
    words = [f"word{number}" for number in range(300)]
    sentences = split_sentences(" ".join(words), lang)
    assert max(map(len, sentences)) <= MAX_SENTENCE
    assert " ".join(sentences).split() == words


def test_split_sentences_keeps_vowel_signs_with_their_consonant() -> None:
    parts = split_sentences("\u1780\u17b6" * 1_000, "km")
    assert "".join(parts) == "\u1780\u17b6" * 1_000
    assert {part[0] for part in parts} == {"\u1780"}


def test_split_sentences_survives_hostile_text() -> None:
    assert split_sentences("가\ud800나다. 라마바.", "ko") == ["가나다.", "라마바."]
