from html import unescape

import pytest
from django.test import Client

from mawsim.core.languages import LANGUAGES, Language
from mawsim.taxonomy import vocabulary
from mawsim.taxonomy.vocabulary import Vocabulary


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_the_fields_are_browsed_in_the_readers_language(client: Client, language: Language) -> None:
    page = unescape(client.get(f"/{language.django}/fields/").content.decode())
    for kind in (
        Vocabulary.PILLAR,
        Vocabulary.SECTOR,
        Vocabulary.TECHNOLOGY,
        Vocabulary.PARTNERSHIP,
        Vocabulary.GROUP,
    ):
        for term in vocabulary.terms(kind, language.code):
            assert term.label in page


@pytest.mark.django_db
def test_the_fragment_suggests_while_typing(client: Client) -> None:
    page = client.get("/vi/fields/suggest/", {"q": "y te", "vocabulary": "sector"}).content.decode()
    assert "?sector=healthcare" in page
    assert "<html" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "zzzz", "x" * 5000, "<script>alert(1)</script>", "\u202e"])
def test_odd_queries_are_answered(client: Client, query: str) -> None:
    response = client.get("/en/fields/suggest/", {"q": query, "vocabulary": "nonsense", "language": "xx"})
    assert response.status_code == 200
    assert "<script>" not in response.content.decode()


@pytest.mark.django_db
def test_it_works_without_script(client: Client) -> None:
    assert "?sector=halal" in client.get("/ms/fields/?q=halal").content.decode()
