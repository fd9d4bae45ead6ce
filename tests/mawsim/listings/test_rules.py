from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from mawsim.accounts.models import Role
from mawsim.core.errors import Conflict, NotAllowed, NotVisible
from mawsim.listings import actions, queries
from mawsim.listings.models import Listing, Status
from mawsim.listings.rules import EDIT, EXPRESS_INTEREST, REVIEW, VIEW, Permission, get_listing
from tests.conftest import Cast
from tests.mawsim.listings.samples import draft, published

OK, FORBIDDEN, HIDDEN, CLOSED = "ok", "403", "404", "409"


def _outcome(user: object, listing: Listing, permission: Permission) -> str:
    try:
        return OK if get_listing(user, listing.public_id, permission) == listing else "another"  # type: ignore[arg-type]
    except NotVisible:
        return HIDDEN
    except NotAllowed:
        return FORBIDDEN
    except Conflict:
        return CLOSED


def _people(cast: Cast) -> dict[str, object]:
    return {
        "anonymous": AnonymousUser(),
        "outsider": cast.of(cast.vietcare),
        "agency": cast.of(cast.gulf),
        "viewer": cast.of(cast.hanbit, Role.VIEWER),
        "editor": cast.of(cast.hanbit, Role.EDITOR),
        "owner": cast.of(cast.hanbit, Role.OWNER),
        "operator": cast.operator,
    }


def _matrix(cast: Cast, listing: Listing) -> dict[str, list[str]]:
    people = _people(cast)
    return {
        name: [_outcome(user, listing, permission) for permission in (VIEW, EDIT, REVIEW, EXPRESS_INTEREST)]
        for name, user in people.items()
    }


def test_a_public_listing(cast: Cast) -> None:
    assert _matrix(cast, published(cast)) == {
        "anonymous": [OK, FORBIDDEN, FORBIDDEN, FORBIDDEN],
        "outsider": [OK, FORBIDDEN, FORBIDDEN, OK],
        "agency": [OK, FORBIDDEN, FORBIDDEN, OK],
        "viewer": [OK, FORBIDDEN, FORBIDDEN, FORBIDDEN],
        "editor": [OK, OK, FORBIDDEN, FORBIDDEN],
        "owner": [OK, OK, FORBIDDEN, FORBIDDEN],
        "operator": [OK, FORBIDDEN, OK, OK],
    }


HIDDEN_TO_ALL = [HIDDEN] * 4


def test_a_draft_is_a_secret_of_its_organisation(cast: Cast) -> None:
    assert _matrix(cast, draft(cast)) == {
        "anonymous": HIDDEN_TO_ALL,
        "outsider": HIDDEN_TO_ALL,
        "agency": HIDDEN_TO_ALL,
        "viewer": [OK, FORBIDDEN, FORBIDDEN, FORBIDDEN],
        "editor": [OK, OK, FORBIDDEN, FORBIDDEN],
        "owner": [OK, OK, FORBIDDEN, FORBIDDEN],
        "operator": HIDDEN_TO_ALL,
    }


@pytest.mark.parametrize(
    "status", [Status.IN_REVIEW, Status.ON_HOLD, Status.REJECTED, Status.EXPIRED, Status.ARCHIVED]
)
def test_what_is_neither_draft_nor_public(cast: Cast, status: Status) -> None:
    listing = draft(cast)
    Listing.objects.filter(pk=listing.pk).update(status=status)
    matrix = _matrix(cast, listing)
    assert [matrix[name] for name in ("anonymous", "outsider", "agency")] == [HIDDEN_TO_ALL] * 3
    assert matrix["editor"] == [OK, OK, FORBIDDEN, FORBIDDEN]
    assert matrix["operator"] == [OK, FORBIDDEN, OK, HIDDEN]


def test_a_suspended_organisation_vanishes_for_all_but_operators(cast: Cast) -> None:
    listing = published(cast)
    cast.hanbit.is_active = False
    cast.hanbit.save()
    matrix = _matrix(cast, listing)
    assert [name for name, outcomes in matrix.items() if outcomes != HIDDEN_TO_ALL] == ["operator"]
    assert matrix["operator"] == [OK, FORBIDDEN, OK, HIDDEN]


def test_a_closed_listing_takes_no_interest(cast: Cast) -> None:
    listing = actions.set_open(actor=cast.of(cast.hanbit), listing=published(cast), is_open=False)
    assert _outcome(cast.of(cast.vietcare), listing, EXPRESS_INTEREST) == CLOSED


@pytest.mark.parametrize("public_id", ["", "nothere", "x" * 500, "' or 1=1"])
def test_an_unknown_id_is_not_visible(cast: Cast, public_id: str) -> None:
    with pytest.raises(NotVisible):
        get_listing(cast.operator, public_id)


def test_lists_show_what_the_gate_shows(cast: Cast) -> None:
    for status in Status:
        listing = draft(cast)
        Listing.objects.filter(pk=listing.pk).update(
            status=status, expires_at=timezone.now() + timedelta(days=1)
        )
    for user in _people(cast).values():
        shown = {listing.pk for listing in queries.visible_to(user)}  # type: ignore[arg-type]
        assert shown == {row.pk for row in Listing.objects.all() if _outcome(user, row, VIEW) == OK}


def test_counts_by_status_are_of_what_the_user_may_see(cast: Cast) -> None:
    published(cast)
    draft(cast)
    owner, outsider = cast.of(cast.hanbit), cast.of(cast.vietcare)
    assert queries.status_counts(queries.of_organisation(owner, cast.hanbit)) == {"draft": 1, "published": 1}
    assert queries.status_counts(queries.of_organisation(outsider, cast.hanbit)) == {"published": 1}
