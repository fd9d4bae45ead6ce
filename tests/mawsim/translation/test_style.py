from mawsim.core.languages import CODES
from mawsim.translation.style import isolated, notes


def test_every_language_has_a_style() -> None:
    assert all(notes(code).endswith("business language.") for code in CODES)
    assert "formal polite" in notes("ko")


def test_latin_names_are_set_apart_in_right_to_left_texts() -> None:
    assert (
        isolated("نقدم Hanbit Lung (C++) الآن", "ar") == "نقدم \u2068Hanbit Lung\u2069 (\u2068C++\u2069) الآن"
    )
    assert isolated("우리 Hanbit", "ko") == "우리 Hanbit"
