import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from mawsim.accounts.models import Role, User
from mawsim.core.errors import NotAllowed
from mawsim.web import acting
from tests.conftest import Cast, ClientOf
from tests.mawsim.accounts.people import person


def request_of(user: User | AnonymousUser) -> HttpRequest:
    request = RequestFactory().get("/en/")
    request.user, request.session = user, {}  # type: ignore[assignment]
    return request


def test_nobody_acts_for_nothing(cast: Cast) -> None:
    assert acting.acting_organisation(request_of(AnonymousUser())) is None
    assert acting.acting_organisation(request_of(cast.operator)) is None


def test_the_first_by_default_and_the_chosen_one(cast: Cast) -> None:
    owner = cast.of(cast.hanbit)
    cast.zayed.memberships.create(user=owner, role=Role.EDITOR)
    request = request_of(owner)
    assert acting.acting_organisation(request) == cast.hanbit
    acting.act_as(request, cast.zayed)
    assert acting.acting_organisation(request) == cast.zayed


def test_a_choice_that_is_no_longer_ones_own_is_forgotten(cast: Cast) -> None:
    request = request_of(cast.of(cast.hanbit))
    acting.act_as(request, cast.zayed)
    assert acting.acting_organisation(request) == cast.hanbit


def test_views_for_members(cast: Cast) -> None:
    @acting.member_required(Role.EDITOR)
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")

    assert view(request_of(cast.of(cast.hanbit, Role.EDITOR))).content == b"in"
    with pytest.raises(NotAllowed):
        view(request_of(cast.of(cast.hanbit, Role.VIEWER)))
    assert view(request_of(AnonymousUser())).headers["Location"] == "/en/account/login/?next=/en/"


def test_a_newcomer_is_led_to_a_new_organisation(client_of: ClientOf, db: None) -> None:
    answer = client_of(person("hoa@new.example")).get("/en/home/")
    assert answer.headers["Location"] == "/en/organisations/new/"
