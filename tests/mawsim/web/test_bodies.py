from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries, Settings

from mawsim.listings import actions
from mawsim.listings.models import BodyRequest, Listing, ListingTranslation
from mawsim.translation import registry
from mawsim.translation.actions import TermData, save_term_set, save_terms
from mawsim.translation.models import TermKind
from tests.conftest import Cast, ClientOf
from tests.mawsim.listings.samples import draft, published

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _fake(settings: Settings) -> Iterator[None]:
    settings.TRANSLATION_ENGINES = ["memory", "fake"]
    yield
    registry.engine.cache_clear()


UNSEEN = "민감도는 97.2%이며 인터넷 없이도 동작합니다."


def _url(listing: Listing, name: str = "listing_body", language: str = "vi") -> str:
    with translation.override(language):
        return reverse(f"web:{name}", args=[listing.public_id])


def test_a_reader_sees_the_description_come(cast: Cast, client_of: ClientOf) -> None:
    listing, reader = published(cast), client_of(None)
    page = reader.get(_url(listing, "listing")).content.decode()
    assert f'hx-post="{_url(listing)}"' in page
    asked = reader.post(_url(listing), **HTMX).content.decode()
    assert 'hx-trigger="every 1s"' in asked
    BodyRequest.objects.update(done=1, total=2)
    assert "1" in reader.get(_url(listing), **HTMX).content.decode()
    actions.translate_bodies()
    done = reader.get(_url(listing), **HTMX).content.decode()
    assert "hx-trigger" not in done
    assert ListingTranslation.objects.get(language="vi").text in done
    assert "hx-post" not in reader.get(_url(listing, "listing")).content.decode()


def test_it_works_without_scripts(cast: Cast, client_of: ClientOf) -> None:
    listing = published(cast)
    answer = client_of(None).post(_url(listing))
    assert (answer.status_code, answer["Location"]) == (302, _url(listing, "listing"))
    assert BodyRequest.objects.get().language == "vi"


def test_looking_asks_for_nothing(cast: Cast, client_of: ClientOf) -> None:
    listing = published(cast)
    client_of(None).get(_url(listing), **HTMX)
    client_of(None).get(_url(listing, "listing"))
    assert BodyRequest.objects.count() == 0


def test_a_secret_listing_has_no_description_to_ask_for(cast: Cast, client_of: ClientOf) -> None:
    listing = draft(cast)
    for user in (None, cast.of(cast.vietcare)):
        assert client_of(user).post(_url(listing), **HTMX).status_code == 404
    assert BodyRequest.objects.count() == 0


def test_what_is_missing_is_marked(cast: Cast, client_of: ClientOf) -> None:
    words = ["the", "is", "a", "this", "from", "for", "without", "words", "made", "has", "only", "which"]
    terms = [TermData(TermKind.FORBIDDEN, "ko", "민감도", "en", word) for word in words]
    save_terms(save_term_set(name="terms"), terms)
    listing = published(cast)
    actions.want_body(listing=listing, language="en")
    actions.translate_bodies()
    page = client_of(None).get(_url(listing, "listing", "en")).content.decode()
    assert (
        '<q class="untranslated" lang="ko" dir="auto">민감도는 97.2%이며 인터넷 없이도 동작합니다.</q>'
        in page
    )
    assert "Sentences in quotation marks are not translated yet" in page


def test_an_engine_that_is_away_is_told_and_not_polled(cast: Cast, client_of: ClientOf) -> None:
    listing = published(cast)
    actions.want_body(listing=listing, language="vi")
    BodyRequest.objects.update(attempts=1)
    page = client_of(None).get(_url(listing), **HTMX).content.decode()
    assert "hx-trigger" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_part_takes_few_queries(
    cast: Cast, client_of: ClientOf, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    listing = published(cast)
    for code in ("vi", "en", "th")[:count]:
        actions.want_body(listing=listing, language=code)
    with django_assert_max_num_queries(5):
        client_of(None).get(_url(listing), **HTMX)
