"""Suggestions, the fragment on a listing's page, verdicts and the shortlist."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from mawsim.accounts.models import Role, User
from mawsim.core import languages
from mawsim.listings.models import Kind, Listing, Status
from mawsim.matches import reader
from mawsim.matches.models import Feedback
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish
from tests.mawsim.web.counting import queries_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]
ClientOf = Callable[[User | None], Client]


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def offer(cast: Cast) -> Listing:
    return publish(cast.hanbit, "팜 농장 드론", sectors=["plantation"], technologies=["drone-inspection"])


@pytest.fixture
def need(cast: Cast, offer: Listing) -> Listing:
    need = publish(cast.vietcare, "sawit kebun bay", kind=Kind.NEED, sectors=["plantation"])
    index()
    return need


@pytest.mark.parametrize("language", languages.CODES)
def test_the_page_in_every_language(
    cast: Cast, client_of: ClientOf, offer: Listing, need: Listing, language: str
) -> None:
    path = f"/{languages.BY_CODE[language].django}/suggestions/"
    response = client_of(cast.of(cast.hanbit)).get(path)
    assert response.status_code == 200
    body = text(response)
    assert need.public_id in body
    assert offer.public_id in body  # "for your listing"
    assert body.count('<dd><p lang="vi" dir="auto">sawit kebun bay</p></dd>') == 1


def test_reasons_and_decisions_are_there(
    cast: Cast, client_of: ClientOf, offer: Listing, need: Listing
) -> None:
    body = text(client_of(cast.of(cast.hanbit)).get("/en/suggestions/"))
    assert "Same sector: Palm oil and plantations" in body
    assert "One side states no technology." in body
    assert f'action="/en/listings/{need.public_id}/verdict/"' in body
    viewed = text(client_of(cast.of(cast.hanbit, Role.VIEWER)).get("/en/suggestions/"))
    assert need.public_id in viewed
    assert "verdict/" not in viewed


def test_that_one_side_gains_is_a_remark_without_a_badge(
    cast: Cast, client_of: ClientOf, offer: Listing, need: Listing
) -> None:
    body = text(client_of(cast.of(cast.hanbit)).get("/en/suggestions/"))
    remark = "Only one side gains so far; a need or offer of the other side is missing."
    assert body.count(f'<li class="muted">{remark}</li>') == body.count(remark) == 1


@pytest.mark.parametrize("path", ["", "shortlist/"])
def test_a_newcomer_is_told_what_is_missing(client_of: ClientOf, path: str) -> None:
    client = client_of(User.objects.create_user("new@nowhere.example"))
    response = client.get(f"/en/suggestions/{path}", follow=True)
    assert response.redirect_chain == [("/en/organisations/new/", 302)]
    assert "First tell us for which organisation you act." in text(response)


def test_without_listings_the_page_says_what_to_do(cast: Cast, client_of: ClientOf, need: Listing) -> None:
    body = text(client_of(cast.of(cast.zayed)).get("/en/suggestions/"))
    assert "Post an offer or a need first" in body


def test_while_nothing_is_indexed_it_says_so(cast: Cast, client_of: ClientOf, offer: Listing) -> None:
    assert "Suggestions are being prepared" in text(client_of(cast.of(cast.hanbit)).get("/en/suggestions/"))


class TestFragment:
    def test_members_of_its_organisation_get_it(
        self, cast: Cast, client_of: ClientOf, offer: Listing, need: Listing
    ) -> None:
        path = f"/en/listings/{offer.public_id}/suggestions/"
        for role in Role:
            part = client_of(cast.of(cast.hanbit, role)).get(path, headers={"HX-Request": "true"})
            assert part.status_code == 200
            assert need.public_id in text(part)
            assert "<html" not in text(part)
        assert "<html" in text(client_of(cast.of(cast.hanbit)).get(path))

    def test_nobody_else_does(self, cast: Cast, client_of: ClientOf, offer: Listing, need: Listing) -> None:
        path = f"/en/listings/{offer.public_id}/suggestions/"
        for user in (cast.of(cast.vietcare), cast.of(cast.haneul), cast.operator):
            assert client_of(user).get(path).status_code == 404
        assert "login" in client_of(None).get(path)["Location"]
        assert client_of(cast.operator).get("/en/listings/nosuchthing2/suggestions/").status_code == 404


class TestVerdicts:
    def send(self, client: Client, listing: Listing, organisation: Any, verdict: str, **headers: str) -> Any:
        data = {"verdict": verdict, "organisation": organisation.public_id, "next": "/en/suggestions/?x=1"}
        return client.post(f"/en/listings/{listing.public_id}/verdict/", data, headers=headers)

    def test_without_a_script_it_leads_back(
        self, cast: Cast, client_of: ClientOf, offer: Listing, need: Listing
    ) -> None:
        client = client_of(cast.of(cast.hanbit, Role.EDITOR))
        response = self.send(client, need, cast.hanbit, "shortlisted")
        assert (response.status_code, response["Location"]) == (302, "/en/suggestions/?x=1")
        assert need.public_id in text(client.get("/en/suggestions/shortlist/"))
        self.send(client, need, cast.hanbit, "dismissed")
        assert need.public_id not in text(client.get("/en/suggestions/shortlist/"))
        assert need.public_id in text(client.get("/en/suggestions/shortlist/?dismissed"))
        assert need.public_id not in text(client.get("/en/suggestions/"))
        self.send(client, need, cast.hanbit, "")
        assert need.public_id in text(client.get("/en/suggestions/"))

    def test_with_htmx_the_buttons_change_in_place(
        self, cast: Cast, client_of: ClientOf, offer: Listing, need: Listing
    ) -> None:
        client = client_of(cast.of(cast.hanbit))
        part = self.send(client, need, cast.hanbit, "shortlisted", **{"HX-Request": "true"})
        assert "On your shortlist" in text(part)
        assert "<html" not in text(part)
        part = self.send(client, need, cast.hanbit, "", **{"HX-Request": "true"})
        assert "Put on the shortlist" in text(part)

    def test_it_never_leads_off_the_site(
        self, cast: Cast, client_of: ClientOf, offer: Listing, need: Listing
    ) -> None:
        data = {
            "verdict": "shortlisted",
            "organisation": cast.hanbit.public_id,
            "next": "https://evil.example/",
        }
        response = client_of(cast.of(cast.hanbit)).post(f"/en/listings/{need.public_id}/verdict/", data)
        assert response["Location"] == "/en/suggestions/shortlist/"

    def test_who_may_not(self, cast: Cast, client_of: ClientOf, offer: Listing, need: Listing) -> None:
        answers = {
            "viewer": self.send(client_of(cast.of(cast.hanbit, Role.VIEWER)), need, cast.hanbit, "dismissed"),
            "outsider": self.send(client_of(cast.of(cast.zayed)), need, cast.hanbit, "dismissed"),
            "operator": self.send(client_of(cast.operator), need, cast.hanbit, "dismissed"),
            "own listing": self.send(client_of(cast.of(cast.hanbit)), offer, cast.hanbit, "dismissed"),
            "unknown verdict": self.send(client_of(cast.of(cast.hanbit)), need, cast.hanbit, "<b>"),
            "anonymous": self.send(client_of(None), need, cast.hanbit, "dismissed"),
        }
        assert {who: answer.status_code for who, answer in answers.items()} == {
            "viewer": 403, "outsider": 404, "operator": 404, "own listing": 409, "unknown verdict": 400,
            "anonymous": 302,
        }  # fmt: skip
        Listing.objects.filter(pk=need.pk).update(status=Status.ON_HOLD)
        assert self.send(client_of(cast.of(cast.hanbit)), need, cast.hanbit, "dismissed").status_code == 404
        assert Feedback.objects.count() == 0
        assert (
            client_of(cast.of(cast.hanbit)).get(f"/en/listings/{need.public_id}/verdict/").status_code == 405
        )


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(
    cast: Cast, client_of: ClientOf, offer: Listing, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for buyer in [cast.vietcare, cast.zayed, cast.gulf][:count]:
        publish(buyer, "sawit kebun drone", kind=Kind.NEED)
    index()
    client = client_of(cast.of(cast.hanbit))
    client.get("/en/suggestions/")
    monkeypatch.setattr(reader, "POLL_SECONDS", 600)
    assert queries_of(client, "/en/suggestions/") == 20
