"""The search page and saved searches, as browsers and htmx ask for them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from mawsim.accounts.models import Role, User
from mawsim.core import languages
from mawsim.listings.models import Listing, Status
from mawsim.matches import reader
from mawsim.matches.models import SavedSearch
from mawsim.web.forms.search import Asked
from mawsim.web.views import search as search_view
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish
from tests.mawsim.web.counting import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]
ClientOf = Callable[[User | None], Client]


def page(client: Client, query: str = "", language: str = "en", **headers: Any) -> Any:
    with translation.override(languages.BY_CODE[language].django):
        return client.get(f"{reverse('web:search')}{query}", headers=headers)


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def shelf(cast: Cast) -> list[Listing]:
    made = [
        publish(
            cast.hanbit, "팜 농장 드론", summary="병든 팜 드론. 투자 펀드.", sectors=["plantation"], stage=8
        ),
        publish(cast.vietcare, "bệnh viện ngực", sectors=["healthcare"], kind="need"),
    ]
    index()
    return made


@pytest.mark.parametrize("language", languages.CODES)
def test_the_page_in_every_language(client: Client, shelf: list[Listing], language: str) -> None:
    response = page(client, "?q=palm+drone", language)
    assert response.status_code == 200
    body = text(response)
    assert f'<html lang="{language}" dir="{languages.BY_CODE[language].dir}">' in body
    assert "<mark>병든 팜 드론.</mark>" in body
    assert shelf[0].public_id in body
    assert shelf[1].public_id not in body


def test_everything_works_without_a_script(client: Client, shelf: list[Listing]) -> None:
    body = text(page(client))
    assert 'action="/en/search/" method="get"' in body
    box = re.search(r'<input type="checkbox" form="search-form"[^>]* name="sector" value="healthcare">', body)
    assert box
    assert 'form="search-form">Apply filters</button>' in body
    filtered = text(page(client, "?sector=healthcare"))
    assert 'value="healthcare" checked>' in filtered
    assert shelf[0].public_id not in filtered
    assert '<a class="chip chip--on" href="?">' in filtered  # takes the filter away


def test_htmx_gets_the_changing_part_alone(client: Client, shelf: list[Listing]) -> None:
    part = page(client, "?q=palm", **{"HX-Request": "true"})
    assert "<html" not in text(part)
    assert shelf[0].public_id in text(part)
    assert "HX-Request" in part["Vary"]
    for header in ("HX-Boosted", "HX-History-Restore-Request"):
        assert "<html" in text(page(client, "?q=palm", **{"HX-Request": "true", header: "true"}))


def test_a_query_that_is_too_long_is_explained_and_kept(client: Client) -> None:
    response = page(client, f"?q={'x' * 501}")
    assert response.status_code == 400
    assert "Please use at most 500 characters (now: 501)." in text(response)
    assert f'value="{"x" * 501}"' in text(response)


def test_unknown_filters_are_named_and_left_out(client: Client, shelf: list[Listing]) -> None:
    body = text(page(client, "?sector=magic&country=XX&stage_min=77&page=nonsense"))
    assert "These filters are unknown and were left out:" in body
    assert all(f"<bdi>{value}</bdi>" in body for value in ("magic", "XX", "77"))
    assert all(listing.public_id in body for listing in shelf)


@pytest.mark.parametrize(
    "query",
    ["?q=<script>alert(1)</script>", '?q="onfocus=alert(1)', "?sector=<script>", "?q=%F0%9F", "?page=-1"],
)
def test_hostile_addresses(client: Client, shelf: list[Listing], query: str) -> None:
    response = page(client, query)
    assert response.status_code in (200, 400)
    assert "<script>alert(1)" not in text(response)
    assert '"onfocus=' not in text(response)


@pytest.mark.parametrize("state", ["draft", "on_hold", "suspended"])
def test_nothing_hidden_shows(client: Client, cast: Cast, shelf: list[Listing], state: str) -> None:
    if state == "suspended":
        cast.hanbit.is_active = False
        cast.hanbit.save()
    else:
        Listing.objects.filter(pk=shelf[0].pk).update(status=state)
    for query in ("", "?q=palm", "?q=팜", "?sector=plantation"):
        body = text(page(client, query))
        assert shelf[0].public_id not in body
        assert "드론" not in body


def test_nothing_found_comes_with_advice(client: Client, shelf: list[Listing]) -> None:
    body = text(page(client, "?q=fraud&sector=energy"))
    assert "Nothing found." in body
    assert "Remove a filter" in body


def test_degraded_search_says_so(client: Client, cast: Cast) -> None:
    publish(cast.hanbit, "drone")
    assert "only search for the words themselves" in text(page(client, "?q=drone"))


def test_pages_lead_on_and_keep_the_question(client: Client, cast: Cast) -> None:
    for number in range(12):
        publish(cast.hanbit, f"drone {number}")
    index()
    first = text(page(client, "?q=drone&kind=offer"))
    assert 'rel="next" href="?q=drone&amp;kind=offer&amp;page=2"' in first
    second = text(page(client, "?q=drone&kind=offer&page=2"))
    assert 'rel="prev" href="?q=drone&amp;kind=offer"' in second
    assert 'rel="next"' not in second


def test_too_many_searches_a_minute(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_view, "PER_MINUTE", 2)
    assert [page(client).status_code for _ in range(3)] == [200, 200, 429]


def test_own_listings_are_marked_and_editors_may_decide(
    cast: Cast, client_of: ClientOf, shelf: list[Listing]
) -> None:
    verdict_of = [f"verdict-{listing.public_id}" for listing in shelf]
    body = text(page(client_of(cast.of(cast.hanbit, Role.EDITOR))))
    assert "Your own listing" in body
    assert [mark in body for mark in verdict_of] == [False, True]
    for reader_ in (cast.of(cast.hanbit, Role.VIEWER), None, cast.operator):
        assert not any(mark in text(page(client_of(reader_))) for mark in verdict_of)


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(
    client: Client, cast: Cast, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(count):
        publish(cast.hanbit, f"drone {number}")
    index()
    monkeypatch.setattr(reader, "POLL_SECONDS", 600)
    page(client, "?q=drone")
    assert queries_of(client, "/en/search/?q=drone") == 8


class TestSavedSearches:
    @pytest.fixture
    def me(self, cast: Cast, client_of: ClientOf) -> Client:
        return client_of(cast.of(cast.hanbit))

    def test_save_list_run_delete(self, me: Client) -> None:
        data = {
            "q": "병원 엑스레이",
            "sector": "healthcare",
            "stage_min": "6",
            "name": "X-ray",
            "notify": "on",
        }
        saved_page = me.post("/ko/search/saved/new/", data, follow=True)
        assert saved_page.redirect_chain == [("/ko/search/saved/", 302)]
        saved = SavedSearch.objects.get()
        assert (saved.query, saved.language, saved.notify) == ("병원 엑스레이", "ko", True)
        assert saved.filters == {"sector": ["healthcare"], "stage_min": 6}
        assert "X-ray" in text(saved_page)
        run = me.get(f"/en/search/saved/{saved.public_id}/")
        asked = Asked.read(me.get(run["Location"]).wsgi_request.GET)
        assert (asked.query, asked.filters.as_dict()) == (saved.query, saved.filters)
        me.post(f"/en/search/saved/{saved.public_id}/delete/")
        assert SavedSearch.objects.count() == 0

    def test_someone_elses_does_not_exist(self, me: Client, cast: Cast) -> None:
        other = SavedSearch.objects.create(user=cast.operator, name="n", query="q", language="en")
        assert me.get(f"/en/search/saved/{other.public_id}/").status_code == 404
        assert me.post(f"/en/search/saved/{other.public_id}/delete/").status_code == 404
        assert other.public_id not in text(me.get("/en/search/saved/"))
        assert SavedSearch.objects.count() == 1

    def test_strangers_log_in_first_and_reading_changes_nothing(self, client: Client, me: Client) -> None:
        for path in ("", "new/", "abc/", "abc/delete/"):
            assert client.post(f"/en/search/saved/{path}").status_code in (302, 405)
            assert "login" in client.get(f"/en/search/saved/{path}")["Location"]
        assert me.get("/en/search/saved/new/").status_code == 405
        assert me.get("/en/search/saved/abc/delete/").status_code == 405

    def test_an_empty_or_hostile_one_is_refused(self, me: Client) -> None:
        for data in (
            {"q": ""},
            {"q": "x" * 501},
            {"q": "x", "name": "n" * 121},
            {"q": "x", "name": "\u202eevil"},
        ):
            response = me.post("/en/search/saved/new/", data)
            assert response.status_code in (302, 400)
        assert SavedSearch.objects.count() == 0


def test_a_listing_in_review_is_found_by_nobody(client: Client, cast: Cast) -> None:
    listing = publish(cast.hanbit, "drone", status=Status.IN_REVIEW)
    index()
    assert listing.public_id not in text(page(client, "?q=drone"))
