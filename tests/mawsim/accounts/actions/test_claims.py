from datetime import timedelta

import pytest
from django.utils import timezone

from mawsim.accounts import actions
from mawsim.accounts.models import Claim, ClaimState, Role
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from tests.conftest import Cast


def declare(cast: Cast, **fields: object) -> Claim:
    values = {"title": "ISO/IEC 27001", "issuer": "KISA"} | fields
    return actions.declare_claim(actor=cast.of(cast.hanbit, Role.EDITOR), organisation=cast.hanbit, **values)


def test_a_claim_begins_as_self_declared(cast: Cast) -> None:
    assert declare(cast).state == ClaimState.SELF_DECLARED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 121),
        ("issuer", "\u202eASIK"),
        ("evidence_url", "javascript:alert(1)"),
        ("expires_on", timezone.now().date() - timedelta(days=2)),
    ],
)
def test_bad_claims_are_refused(cast: Cast, field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as raised:
        declare(cast, **{field: value})
    assert list(raised.value.errors) == [field]
    assert Claim.objects.count() == 0


def test_viewers_declare_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.declare_claim(
            actor=cast.of(cast.hanbit, Role.VIEWER), organisation=cast.hanbit, title="a", issuer="b"
        )


def test_operators_check(cast: Cast) -> None:
    claim = declare(cast)
    actions.check_claim(actor=cast.operator, claim=claim, state=ClaimState.REGISTRY_CHECKED)
    claim.refresh_from_db()
    assert (claim.state, claim.checked_by) == (ClaimState.REGISTRY_CHECKED, cast.operator)
    with pytest.raises(InvalidInput):
        actions.check_claim(actor=cast.operator, claim=claim, state=ClaimState.EXPIRED)


def test_nobody_checks_their_own(cast: Cast) -> None:
    claim = declare(cast)
    with pytest.raises(NotVisible):
        actions.check_claim(actor=cast.of(cast.hanbit), claim=claim, state=ClaimState.REGISTRY_CHECKED)
    cast.hanbit.memberships.create(user=cast.operator, role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        actions.check_claim(actor=cast.operator, claim=claim, state=ClaimState.REGISTRY_CHECKED)


def test_a_revoked_claim_cannot_be_hidden(cast: Cast) -> None:
    kept, gone = declare(cast), declare(cast, title="CSAP")
    actions.check_claim(actor=cast.operator, claim=kept, state=ClaimState.REVOKED)
    with pytest.raises(Conflict):
        actions.withdraw_claim(actor=cast.of(cast.hanbit), claim=kept)
    actions.withdraw_claim(actor=cast.of(cast.hanbit), claim=gone)
    assert list(Claim.objects.all()) == [kept]


def test_thirty_claims_at_most(cast: Cast) -> None:
    for _ in range(30):
        declare(cast)
    with pytest.raises(Conflict):
        declare(cast)
