import pytest

from mawsim.core.text import has_hidden_characters, isolated, tidy

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
