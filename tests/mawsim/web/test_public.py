import re
from collections.abc import Callable

import pytest
from django.templatetags.static import static
from django.test import Client

from mawsim.accounts.models import User
from mawsim.core import languages
from tests.conftest import Cast


@pytest.mark.django_db
@pytest.mark.parametrize("language", languages.LANGUAGES, ids=lambda language: language.code)
def test_the_start_page_opens_in_every_language(client: Client, language: languages.Language) -> None:
    response = client.get(f"/{language.django}/")
    assert response.status_code == 200
    assert f'lang="{language.code}" dir="{language.dir}"' in response.content.decode()


def test_home_leads_a_newcomer_to_the_first_organisation(
    cast: Cast, client_of: Callable[..., Client]
) -> None:
    newcomer = User.objects.create_user("new@nowhere.example")
    assert client_of(newcomer).get("/en/home/")["Location"] == "/en/organisations/new/"
    assert client_of(cast.operator).get("/en/home/")["Location"] == "/en/review/"
    assert client_of(cast.of(cast.vietcare)).get("/en/home/").status_code == 200
    assert client_of(None).get("/en/home/").status_code == 302


def test_health_is_for_operators(cast: Cast, client_of: Callable[..., Client]) -> None:
    assert client_of(cast.operator).get("/en/health/").status_code == 200
    assert client_of(cast.of(cast.hanbit)).get("/en/health/").status_code == 404
    assert client_of(None).get("/en/health/").status_code == 404


def test_a_page_without_an_icon_gets_ours(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == static("web/mark.svg")


@pytest.mark.django_db
def test_machines_ask_for_health(client: Client) -> None:
    assert client.get("/health/live").content == b"ok"
    assert client.get("/health/ready").json() == {"database": "ok"}


@pytest.mark.django_db
def test_the_menu_offers_every_language_and_marks_the_present_one(client: Client) -> None:
    page = client.get("/ar/").content.decode()
    assert re.findall(r'name="language" value="([^"]+)"', page) == list(languages.CODES)
    assert re.findall(r'name="language" value="([^"]+)"[^>]*aria-current', page) == ["ar"]
