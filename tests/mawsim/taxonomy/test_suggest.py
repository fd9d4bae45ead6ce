import pytest

from mawsim.core.languages import CODES
from mawsim.taxonomy.suggest import suggest
from mawsim.taxonomy.vocabulary import Vocabulary, label, term


def _codes(query: str, language: str, **options: object) -> list[str]:
    return [entry.term.code for entry in suggest(query, language, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize("language", CODES)
def test_every_label_finds_its_own_term_first(language: str) -> None:
    for kind, code in [
        (Vocabulary.SECTOR, "healthcare"),
        (Vocabulary.TECHNOLOGY, "ocr"),
        (Vocabulary.PILLAR, "capital"),
    ]:
        first = suggest(label(kind, code, language), language)[0]
        assert (first.term.vocabulary, first.term.code) == (kind, code)
        assert first.matched == ""


@pytest.mark.parametrize("language", CODES)
def test_every_synonym_is_found(language: str) -> None:
    for synonym in term(Vocabulary.SECTOR, "halal", language).synonyms:
        assert "halal" in _codes(synonym, language, vocabularies=[Vocabulary.SECTOR])


def test_a_prefix_comes_before_an_inner_hit() -> None:
    found = suggest("data", "en", [Vocabulary.PARTNERSHIP, Vocabulary.PILLAR])
    assert [entry.term.code for entry in found][:2] == ["data", "data-partnership"]


def test_the_label_is_in_the_readers_language_whatever_was_typed() -> None:
    found = suggest("LLM", "th")[0]
    assert found.term.label == label(Vocabulary.TECHNOLOGY, "llm", "th")


def test_english_is_understood_everywhere() -> None:
    found = suggest("Banking and finance", "km")[0]
    assert (found.term.code, found.matched) == ("finance", "Banking and finance")
    assert found.term.label == label(Vocabulary.SECTOR, "finance", "km")


def test_the_source_language_is_understood_too() -> None:
    korean = label(Vocabulary.SECTOR, "shipbuilding", "ko")
    assert _codes(korean, "ar") == []
    assert _codes(korean, "ar", source_language="ko") == ["shipbuilding"]


def test_a_half_typed_korean_syllable_finds() -> None:
    assert label(Vocabulary.SECTOR, "agriculture", "ko") == "농업"
    assert "agriculture" in _codes("노", "ko", vocabularies=[Vocabulary.SECTOR])
    assert "agriculture" in _codes("농어", "ko", vocabularies=[Vocabulary.SECTOR])


@pytest.mark.parametrize("typed", ["پیش\u200cبینی تقاضا", "پیش بینی تقاضا", "پیشبینی تقاضا", "پیشبینیتقاضا"])
def test_a_persian_word_is_found_with_a_half_space_a_space_or_neither(typed: str) -> None:
    first = suggest(typed, "fa")[0]
    assert (first.term.code, first.matched) == ("demand-forecasting", "")


@pytest.mark.parametrize("typed", ["حمل و نقل", "حمل\u200cو\u200cنقل", "حمل\u200cونقل", "حملونقل", "حمل و"])
def test_a_persian_compound_is_found_with_spaces_of_its_own(typed: str) -> None:
    assert _codes(typed, "fa", vocabularies=[Vocabulary.SECTOR])[0] == "transport"


def test_a_later_word_of_a_persian_name_is_a_word_and_no_inner_hit() -> None:
    assert _codes("کسب و کار", "fa") == ["business-intelligence"]
    assert _codes("لکسب", "fa") == []


@pytest.mark.parametrize("query", ["", "   ", "\u200b", "zzzzzz", "\x00", "%", "_", "x" * 10_000])
def test_nothing_is_found_for_nonsense(query: str) -> None:
    assert _codes(query, "en") == []


def test_one_latin_letter_hits_only_starts_of_words() -> None:
    found = suggest("x", "en", limit=50)
    assert all(
        any(
            word.startswith("x")
            for word in (entry.matched or entry.term.label).casefold().replace("-", " ").split()
        )
        for entry in found
    )


def test_the_number_is_limited() -> None:
    assert len(suggest("a", "en", limit=5)) == 5
