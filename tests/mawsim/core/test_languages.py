import pytest
from django.utils import translation

from mawsim.core import languages


def test_fifteen_languages_three_from_right_to_left() -> None:
    expected = ("ko", "en", "id", "ms", "vi", "th", "tl", "km", "lo", "my", "ar", "he", "fa", "tr", "zh-Hans")
    assert expected == languages.CODES
    assert {language.code for language in languages.LANGUAGES if language.rtl} == {"ar", "he", "fa"}


@pytest.mark.parametrize("language", languages.LANGUAGES, ids=lambda language: language.code)
def test_django_activates_every_language(language: languages.Language) -> None:
    with translation.override(language.django):
        assert languages.current() is language
        assert translation.get_language_bidi() is language.rtl
        assert translation.get_language_info(language.django)["code"] == language.django


def test_unknown_language_reads_english() -> None:
    assert languages.from_django("xx").code == "en"
    assert languages.from_django(None).code == "en"
