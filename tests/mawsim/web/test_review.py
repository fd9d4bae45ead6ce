from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mawsim.accounts.models import Membership, Role, User
from mawsim.listings import actions, queries
from mawsim.listings.models import Listing, Status
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, draft, in_review, published

ClientOf = Callable[[User | None], Client]


def _decide(client: Client, listing: Listing, **sent: object) -> int:
    version = queries.current_version(listing)
    return client.post(f"/en/review/{listing.public_id}/", {"version": version, **sent}).status_code


def test_only_operators_review(cast: Cast, client_of: ClientOf) -> None:
    listing = in_review(cast)
    for path in ("/en/review/", f"/en/review/{listing.public_id}/"):
        statuses = [
            client_of(user).get(path).status_code
            for user in (None, cast.of(cast.vietcare), cast.of(cast.hanbit), cast.operator)
        ]
        assert statuses == [302, 404, 404, 200]


def test_the_queue_is_oldest_first_without_drafts_and_own(cast: Cast, client_of: ClientOf) -> None:
    first, second = in_review(cast), in_review(cast, cast.vietcare)
    draft(cast)
    published(cast)
    mine = in_review(cast, cast.haneul)
    Membership.objects.create(organisation=cast.haneul, user=cast.operator, role=Role.VIEWER)
    cards = client_of(cast.operator).get("/en/review/").context["cards"]
    assert [card.listing for card in cards] == [first, second]
    assert client_of(cast.operator).get(f"/en/review/{mine.public_id}/").status_code == 403
    assert _decide(client_of(cast.operator), mine, decision="publish") == 403


def test_publishing(cast: Cast, client_of: ClientOf) -> None:
    listing = in_review(cast)
    assert _decide(client_of(cast.operator), listing, decision="publish") == 302
    assert list(queries.public()) == [listing]


def test_asking_for_changes(cast: Cast, client_of: ClientOf) -> None:
    listing, client = in_review(cast), client_of(cast.operator)
    assert _decide(client, listing, decision="reject", note="") == 422
    assert _decide(client, listing, decision="reject", note="x" * 1001) == 422
    assert _decide(client, listing, decision="reject", note="Name the <b>hospital</b>.") == 302
    listing.refresh_from_db()
    assert (listing.status, listing.review_note) == (Status.REJECTED, "Name the <b>hospital</b>.")
    page = client_of(cast.of(cast.hanbit)).get(f"/en/listings/{listing.public_id}/").content.decode()
    assert "Name the &lt;b&gt;hospital&lt;/b&gt;." in page


@pytest.mark.parametrize("sent", [{}, {"decision": "nonsense"}])
def test_no_decision_is_an_error(cast: Cast, client_of: ClientOf, sent: dict[str, str]) -> None:
    assert _decide(client_of(cast.operator), in_review(cast), **sent) == 422


@pytest.mark.parametrize("version", ["", "0", "abc", "9" * 40, "-1"])
def test_what_was_not_read_is_not_published(cast: Cast, client_of: ClientOf, version: str) -> None:
    listing = in_review(cast)
    assert _decide(client_of(cast.operator), listing, decision="publish", version=version) == 409
    listing.refresh_from_db()
    assert listing.status == Status.IN_REVIEW


def test_two_operators_at_once(cast: Cast, client_of: ClientOf) -> None:
    listing = in_review(cast)
    version = queries.current_version(listing)
    client = client_of(cast.operator)
    assert _decide(client, listing, decision="publish", version=version) == 302
    assert _decide(client, listing, decision="reject", note="Too late", version=version) == 409


def test_an_edit_of_a_published_listing_shows_what_changed(cast: Cast, client_of: ClientOf) -> None:
    listing, client = published(cast), client_of(cast.operator)
    actions.save_listing(
        actor=cast.of(cast.hanbit),
        organisation=cast.hanbit,
        listing=listing,
        **{**KOREAN, "title": "폐암 검진 보조 AI"},
    )
    page = client.get(f"/en/review/{listing.public_id}/").content.decode()
    assert f"<del>{KOREAN['title']}</del>" in page
    assert "<ins>폐암 검진 보조 AI</ins>" in page
    assert _decide(client, listing, decision="publish") == 302
    assert list(queries.review_queue(cast.operator)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_a_fixed_number_of_queries(
    cast: Cast, client_of: ClientOf, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        in_review(cast)
    client = client_of(cast.operator)
    with django_assert_num_queries(7):
        client.get("/en/review/")
