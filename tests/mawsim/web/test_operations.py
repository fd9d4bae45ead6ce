"""The operators' report on matching, and the choice of weights."""

from collections.abc import Callable

import pytest
from django.test import Client

from mawsim.accounts.models import User
from mawsim.core import languages
from mawsim.listings.models import Kind
from mawsim.matches import exposure, judging, lists
from mawsim.matches.models import Weights
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish
from tests.mawsim.web.counting import queries_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
PAGE = "/en/operations/matching/"


def body(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_before_anything_is_measured(cast: Cast, client_of: ClientOf) -> None:
    page = body(client_of(cast.operator))
    assert "Nothing has been measured yet." in page
    assert "Learned from 200 decisions on; no weight moves by more than 50% from its base." in page


@pytest.mark.usefixtures("engine_room")
@pytest.mark.parametrize("language", languages.CODES)
def test_the_report_in_every_language(cast: Cast, client_of: ClientOf, language: str) -> None:
    publish(cast.hanbit, "팜 농장 드론")
    publish(cast.vietcare, "sawit kebun bay", kind=Kind.NEED)
    index()
    lists.update_pending()
    exposure.measure()
    page = body(client_of(cast.operator), f"/{languages.BY_CODE[language].django}/operations/matching/")
    assert page.count("<table") == 4
    if language == "en":
        assert '<th scope="row">Vietnam</th><td>50%</td><td>50%</td><td>50%</td><td>1</td>' in page
        assert "Measured" in page
        assert "on 2 of 2 lists, the first 10 places" in page


def test_weights_are_shown_with_their_counts_and_chosen(cast: Cast, client_of: ClientOf) -> None:
    learned = {**judging.WEIGHTS, "sector": 0.15}
    tally = {"match_yes": 120, "match_no": 7, "gap_yes": 3, "gap_no": 110, "lift": 0.91, "weight": 0.15}
    made = Weights.objects.create(weights=learned, tallies={"sector": tally}, decisions=240, active=True)
    client = client_of(cast.operator)
    page = body(client)
    cells = "<td>0.12</td><td>0.15</td><td>120</td><td>7</td><td>3</td><td>110</td><td>0.91</td>"
    assert cells in page
    assert "from 240 decisions" in page
    client.post("/en/operations/matching/weights/", {"set": "", "pin": "1"})
    assert Weights.objects.get(active=True).pinned
    assert "<td>0.12</td><td>0.12</td>" in body(client)
    answer = client.post("/en/operations/matching/weights/", {"set": str(made.pk)})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    made.refresh_from_db()
    assert (made.active, made.pinned, made.chosen_by) == (True, False, cast.operator)


@pytest.mark.parametrize("bad", ["x", "-1", "9" * 30, "999999", "٣"])
def test_a_set_that_is_none_does_not_exist(cast: Cast, client_of: ClientOf, bad: str) -> None:
    answer = client_of(cast.operator).post("/en/operations/matching/weights/", {"set": bad})
    assert answer.status_code == 404
    assert not Weights.objects.exists()


def test_it_is_linked_for_operators_only(cast: Cast, client_of: ClientOf) -> None:
    assert PAGE in body(client_of(cast.operator), "/en/")
    assert PAGE not in body(client_of(cast.of(cast.hanbit)), "/en/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(cast: Cast, client_of: ClientOf, count: int) -> None:
    for _ in range(count):
        Weights.objects.create(weights=dict(judging.WEIGHTS), decisions=200)
        exposure.measure()
    client = client_of(cast.operator)
    body(client)
    assert queries_of(client, PAGE) == 11
