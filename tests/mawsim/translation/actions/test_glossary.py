from typing import Any

import pytest

from mawsim.core.errors import InvalidInput
from mawsim.translation.actions import TermData, delete_terms, save_term_set, save_terms
from mawsim.translation.glossary import Glossary
from mawsim.translation.models import Term, TermKind
from mawsim.translation.queries import terms_in
from mawsim.translation.scopes import PUBLIC, Scope, organisation

pytestmark = pytest.mark.django_db
READING = TermData(TermKind.PREFERRED, "ko", "판독", "en", "image reading")


def test_every_change_raises_the_version() -> None:
    terms = save_term_set(name=" Medical ")
    assert (terms.name, terms.version) == ("Medical", 1)
    save_terms(terms, [READING, TermData(TermKind.KEEP, "ko", "온누리")])
    assert (terms.version, terms.terms.count()) == (2, 2)
    save_terms(terms, [READING])
    assert terms.terms.count() == 2
    assert delete_terms(terms, [terms.terms.first().public_id]) == 1  # type: ignore[union-attr]
    assert (terms.version, terms.terms.count()) == (4, 1)
    assert delete_terms(terms, ["nothing"]) == 0
    assert terms.version == 4
    assert save_term_set(name="Medical").pk == terms.pk
    assert save_term_set(name="Medical", scope=organisation(7)).pk != terms.pk


@pytest.mark.parametrize(
    "data",
    [
        {"source_text": ""},
        {"source_text": "x" * 201},
        {"source_text": "a\u202eb"},
        {"target_text": ""},
        {"target_language": ""},
        {"target_language": "ko"},
        {"target_language": "xx"},
        {"source_language": "xx"},
        {"kind": TermKind.KEEP},
    ],
)
def test_bad_terms_are_refused_and_nothing_is_saved(data: dict[str, Any]) -> None:
    good = {
        "kind": TermKind.PREFERRED,
        "source_language": "ko",
        "source_text": "판독",
        "target_language": "en",
        "target_text": "reading",
    }
    with pytest.raises(InvalidInput):
        save_terms(save_term_set(name="terms"), [READING, TermData(**{**good, **data})])
    assert Term.objects.count() == 0


@pytest.mark.parametrize(
    ("language", "term", "text", "found"),
    [
        ("ko", "판독", "판독을 돕습니다", True),
        ("ko", "판독", "재판독합니다", False),  # a word of its own, with particles
        ("en", "reading", "Image Reading tool", True),
        ("en", "read", "Image reading", False),
        ("tr", "hastane", "hastanelerde", True),
        ("ar", "مستشفى", "في المستشفى", True),
        ("th", "โรงพยาบาล", "ในโรงพยาบาลของเรา", True),
        ("zh-Hans", "医院", "我们的医院", True),
    ],
)
def test_terms_are_found_as_the_language_writes_words(
    language: str, term: str, text: str, found: bool
) -> None:
    target = "en" if language != "en" else "ko"
    save_terms(save_term_set(name="terms"), [TermData(TermKind.PREFERRED, language, term, target, "x")])
    assert bool(terms_in(text, language, target)) is found
    assert terms_in(text, language, "vi") == []


@pytest.mark.parametrize(
    ("scope", "seen"), [(organisation(7), True), (organisation(8), False), (PUBLIC, False)]
)
def test_private_terms_are_seen_at_home_alone(scope: Scope, seen: bool) -> None:
    save_terms(save_term_set(name="terms", scope=organisation(7)), [READING])
    assert bool(terms_in("판독", "ko", "en", [scope])) is seen


def test_the_own_word_beats_the_public_one() -> None:
    save_terms(save_term_set(name="public"), [READING])
    own = TermData(TermKind.PREFERRED, "ko", "판독", "en", "reading of ours")
    save_terms(save_term_set(name="own", scope=organisation(7)), [own])
    glossary = Glossary.load(["ko"], [organisation(7)])
    assert [hint.target for hint in glossary.applied("판독", "ko", "en", [organisation(7)]).hints] == [
        "reading of ours"
    ]
    assert [hint.target for hint in glossary.applied("판독", "ko", "en", [PUBLIC]).hints] == ["image reading"]
    assert glossary.applied("판독", "ko", "en", [PUBLIC]).scopes == frozenset()
