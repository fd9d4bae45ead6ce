import pytest

from mawsim.core.text import has_hidden_characters, is_blank, isolated, tidy

REAL = [
    "한빛의료AI",
    "می\u200cخواهیم",
    "ສະບາຍ\u200bດີ",
    "صندوق\u200f (AI)",
    "<b>Khai-tri & Co.</b>",
    "👩\u200d💻",
    "🫨",
]
HIDDEN = [
    "a\x00b",
    "a\x1bb",
    "a\u202eb",
    "a\u2066b",
    "a\ufeffb",
    "a\u2028b",
    "\ud800",
    "\ue000",
    "\uffff",
    "\U000e0041",
    "\u3164",
    "\u2800",
    "a" + "\u0301\u0316" * 16,
]


@pytest.mark.parametrize("text", REAL)
def test_real_writing_passes(text: str) -> None:
    assert not has_hidden_characters(text)


@pytest.mark.parametrize("text", HIDDEN, ids=ascii)
def test_what_is_not_text_is_found(text: str) -> None:
    assert has_hidden_characters(text)
    assert has_hidden_characters(text, multiline=True)


def test_line_breaks_pass_only_where_lines_are_expected() -> None:
    assert has_hidden_characters("a\nb")
    assert not has_hidden_characters("a\nb\tc", multiline=True)


def test_tidy_composes_and_trims() -> None:
    assert tidy("  cafe\u0301\r\nb\r") == "café\nb"


def test_isolated_keeps_direction_inside() -> None:
    assert isolated("صندوق") == "\u2068صندوق\u2069"


def test_endless_runs_of_marks_are_not_composed() -> None:
    """A megabyte of them would keep the process busy for minutes."""
    bomb = "a" + "\u0301\u0316" * 200_000
    assert tidy(bomb) == bomb
    assert tidy(" a" + "\u0316\u0301" * 10) == "\u00e1" + "\u0316" * 10 + "\u0301" * 9


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), (" \u200b\u200f", True), ("\u200bສ", False), (".", False)]
)
def test_blank_is_what_cannot_be_seen(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


def test_the_short_cut_for_plain_text_hides_nothing() -> None:
    """Every character: what is refused among letters is refused, whether the text is printable or not."""
    wrong = []
    for point in [*range(0x3000), 0x3164, 0xFFA0, 0xFDD0, 0xFFFE, 0xE000, 0xD800, 0x1F600, 0x10FFFF]:
        character = chr(point)
        one_by_one = has_hidden_characters(f"a\u200bb{character}")  # a joiner: not printable
        if has_hidden_characters(f"ab{character}") != one_by_one:
            wrong.append(hex(point))
    assert wrong == []
