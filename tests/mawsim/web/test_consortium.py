"""The page of a consortium, in every language."""

from collections.abc import Callable

import pytest
from django.test import Client

from mawsim.accounts.models import Role, User
from mawsim.core import languages
from mawsim.listings.models import Kind, Listing
from mawsim.matches.models import Decision, Source
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]
ClientOf = Callable[[User | None], Client]


@pytest.fixture
def need(cast: Cast) -> Listing:
    return publish(
        cast.vietcare, "xray bệnh viện", kind=Kind.NEED, further_pillars=["capital"], sectors=["healthcare"]
    )


def page(client: Client, need: Listing, language: str = "en") -> str:
    answer = client.get(f"/{languages.BY_CODE[language].django}/listings/{need.public_id}/consortium/")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("language", languages.CODES)
def test_it_is_there_in_every_language(cast: Cast, client_of: ClientOf, need: Listing, language: str) -> None:
    offer = publish(cast.hanbit, "xray 병원", sectors=["healthcare"])
    index()
    body = page(client_of(cast.of(cast.vietcare)), need, language)
    assert offer.public_id in body
    assert f'<html lang="{language}"' in body


def test_what_it_says(cast: Cast, client_of: ClientOf, need: Listing) -> None:
    first = publish(cast.hanbit, "xray 병원", sectors=["healthcare"])
    second = publish(cast.gulf, "xray hospital", sectors=["healthcare"], stage=3)
    index()
    body = page(client_of(cast.of(cast.vietcare, Role.EDITOR)), need)
    assert "1 organisation, chosen among 2." in body
    assert "No smaller set of them covers as much." in body
    assert "Missing: nobody offers this well enough at the moment." in body
    assert body.index(first.public_id) != body.index(second.public_id)
    assert "Who else could take this part" in body
    assert "verdict/" in body
    assert "verdict/" not in page(client_of(cast.of(cast.vietcare, Role.VIEWER)), need)


def test_who_is_left_out_and_why(cast: Cast, client_of: ClientOf, need: Listing) -> None:
    offer = publish(cast.hanbit, "xray 병원", sectors=["healthcare"])
    index()
    Decision.objects.create(
        source=Source.INTEREST,
        reference=1,
        decider=cast.hanbit,
        other=cast.vietcare,
        listing=offer,
        reason="other",
    )
    body = page(client_of(cast.of(cast.vietcare)), need)
    assert "Left out" in body
    assert "an interest between you was declined within the last year" in body
    assert offer.public_id not in body


def test_a_need_of_one_thing_is_told_how_to_ask_for_more(cast: Cast, client_of: ClientOf) -> None:
    need = publish(cast.vietcare, "xray bệnh viện", kind=Kind.NEED)
    index()
    assert "This need asks for one thing only." in page(client_of(cast.of(cast.vietcare)), need)


def test_the_listing_leads_to_it(cast: Cast, client_of: ClientOf, need: Listing) -> None:
    link = f"/en/listings/{need.public_id}/consortium/"
    assert link in client_of(cast.of(cast.vietcare)).get(f"/en{need.path}").content.decode()
    assert link not in client_of(cast.of(cast.hanbit)).get(f"/en{need.path}").content.decode()
    Listing.objects.filter(pk=need.pk).update(further_pillars=[])
    assert link not in client_of(cast.of(cast.vietcare)).get(f"/en{need.path}").content.decode()


def test_what_others_wrote_is_text(cast: Cast, client_of: ClientOf, need: Listing) -> None:
    publish(cast.hanbit, "xray 병원 <script>alert(1)</script>", sectors=["healthcare"])
    index()
    body = page(client_of(cast.of(cast.vietcare)), need)
    assert "<script>alert(1)</script>" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
