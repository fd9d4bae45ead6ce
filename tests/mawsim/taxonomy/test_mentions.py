"""Which concepts a text names, in whatever language and script."""

import pytest

from mawsim.core import languages
from mawsim.taxonomy.mentions import Mention, mentioned
from mawsim.taxonomy.vocabulary import Vocabulary, terms


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CCTV 분석", "smart-cctv"),
        ("AI chatbots and a chatbot", "chatbot"),
        ("医疗影像 诊断", "healthcare"),
        ("สินเชื่อ ธนาคาร", "finance"),
    ],
)
def test_names(text: str, code: str) -> None:
    assert code in {mention.code for mention in mentioned(text)}


@pytest.mark.parametrize("language", languages.CODES)
def test_every_label_of_a_technology_names_it(language: str) -> None:
    for entry in terms(Vocabulary.TECHNOLOGY, language):
        assert entry.code in {mention.code for mention in mentioned(entry.label)}


def test_the_words_that_name_it() -> None:
    assert Mention("smart-cctv", "cctv") in mentioned("CCTV 분석")


@pytest.mark.parametrize("text", ["", "the and of", "\x00"])
def test_words_that_name_nothing(text: str) -> None:
    assert mentioned(text) == []
