"""The label files themselves: complete, distinct, in the right script."""

import re
from collections import Counter
from pathlib import Path

import pytest

from mawsim.core.languages import CODES
from mawsim.core.scripts import SCRIPT_OF_LANGUAGE, script_of
from mawsim.taxonomy import vocabulary
from mawsim.taxonomy.folding import fold
from mawsim.taxonomy.vocabulary import DATA, Vocabulary

ALL = [(kind, code) for kind in Vocabulary for code in vocabulary.codes(kind)]
PERSIAN = "\u0621-\u063a\u0641\u0642\u0644-\u0648\u067e\u0686\u0698\u06a9\u06af\u06cc"
HALF_SPACE_IN_A_WORD = re.compile(f"(?<=[{PERSIAN}])\u200c(?=[{PERSIAN}])")
HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x1f]")
# Share of the labels that may be an acronym and nothing else (LLM, 5G).
LATIN_ALLOWED = 0.03


def _terms(language: str) -> list[vocabulary.Term]:
    return [entry for kind in Vocabulary for entry in vocabulary.terms(kind, language)]


def test_the_codes_are_as_many_as_agreed() -> None:
    assert len(ALL) == 258
    assert Counter(kind for kind, _code in ALL) == {
        Vocabulary.PILLAR: 6,
        Vocabulary.SECTOR: 34,
        Vocabulary.TECHNOLOGY: 182,
        Vocabulary.PARTNERSHIP: 11,
        Vocabulary.STAGE: 9,
        Vocabulary.GROUP: 16,
    }


def test_there_is_one_file_per_language() -> None:
    assert {path.stem for path in Path(DATA / "labels").glob("*.tsv")} == set(CODES)


@pytest.mark.parametrize("language", CODES)
def test_every_code_has_a_line_in_the_order_of_the_codes(language: str) -> None:
    lines = (DATA / "labels" / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "code\tlabel\tsynonyms"
    assert [line.split("\t")[0] for line in lines[1:]] == [f"{kind}.{code}" for kind, code in ALL]
    assert {line.count("\t") for line in lines} == {2}


@pytest.mark.parametrize("language", CODES)
def test_labels_are_distinct_within_their_vocabulary(language: str) -> None:
    for kind in Vocabulary:
        labels = Counter(entry.label.casefold() for entry in vocabulary.terms(kind, language))
        assert [label for label, count in labels.items() if count > 1] == []


@pytest.mark.parametrize("language", CODES)
def test_labels_are_short_and_clean(language: str) -> None:
    for entry in _terms(language):
        for name in (entry.label, *entry.synonyms):
            assert name == name.strip()
            assert name
            shown = HALF_SPACE_IN_A_WORD.sub("", name) if language == "fa" else name
            assert not HIDDEN.search(shown), f"{entry.code}: {name!r}"
        assert len(entry.label) <= 60, entry.label
        assert entry.label[-1] not in ".,;:。", entry.label


@pytest.mark.parametrize("language", CODES)
def test_synonyms_are_there_and_say_something_new(language: str) -> None:
    for entry in _terms(language):
        if entry.vocabulary not in {Vocabulary.GROUP, Vocabulary.STAGE}:
            assert 2 <= len(entry.synonyms) <= 8, entry.code
        assert entry.label not in entry.synonyms
        assert len(set(entry.synonyms)) == len(entry.synonyms), entry.code


def test_persian_names_are_in_persian_letters_and_written_with_the_half_space() -> None:
    loose = re.compile(f"پیشبینی|[{PERSIAN}] (?:بینی|سازی|گذاری|ریزی|ها|های|ای)(?![{PERSIAN}])")
    for entry in _terms("fa"):
        for name in (entry.label, *entry.synonyms):
            assert not re.search("[\u0643\u0649\u064a]", name), name
            assert not loose.search(name), name


def test_persian_names_of_a_term_differ_by_more_than_a_space() -> None:
    for entry in _terms("fa"):
        names = Counter(
            fold(name.replace("\u200c", "")).replace(" ", "") for name in (entry.label, *entry.synonyms)
        )
        assert [name for name, count in names.items() if count > 1] == [], entry.code


@pytest.mark.parametrize("language", [code for code in CODES if SCRIPT_OF_LANGUAGE[code] != "latin"])
def test_labels_are_in_the_language_own_script(language: str) -> None:
    right = SCRIPT_OF_LANGUAGE[language]
    without = [
        entry.label for entry in _terms(language) if not any(script_of(char) == right for char in entry.label)
    ]
    assert len(without) <= LATIN_ALLOWED * len(ALL), without
    for label in without:
        assert label.isascii(), label  # an acronym, not a third script


@pytest.mark.parametrize("language", CODES)
def test_no_label_mixes_in_a_foreign_script(language: str) -> None:
    allowed = {SCRIPT_OF_LANGUAGE[language], "latin", None}
    for entry in _terms(language):
        scripts = {script_of(char) for char in entry.label}
        assert scripts <= allowed, entry.label
