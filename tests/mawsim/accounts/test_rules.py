import pytest
from django.contrib.auth.models import AnonymousUser

from mawsim.accounts import rules
from mawsim.accounts.models import Organisation, Role
from mawsim.core.errors import NotAllowed, NotVisible
from tests.conftest import Cast


def suspended(organisation: Organisation) -> Organisation:
    organisation.is_active = False
    organisation.save()
    return organisation


def test_role_of_members_and_outsiders(cast: Cast) -> None:
    assert [rules.role_of(cast.of(cast.hanbit, role), cast.hanbit) for role in Role] == list(Role)
    for outsider in (cast.of(cast.zayed), cast.operator, AnonymousUser()):
        assert rules.role_of(outsider, cast.hanbit) is None


def test_a_closed_account_has_no_role(cast: Cast) -> None:
    owner = cast.of(cast.hanbit)
    owner.is_active = False
    assert rules.role_of(owner, cast.hanbit) is None


@pytest.mark.parametrize(
    ("held", "allowed"),
    [
        (Role.VIEWER, [Role.VIEWER]),
        (Role.EDITOR, [Role.EDITOR, Role.VIEWER]),
        (Role.OWNER, [Role.OWNER, Role.EDITOR, Role.VIEWER]),
    ],
)
def test_roles_are_ordered(cast: Cast, held: Role, allowed: list[Role]) -> None:
    user = cast.of(cast.hanbit, held)
    assert [role for role in Role if rules.can(user, cast.hanbit, role)] == allowed


def test_require_tells_members_from_outsiders(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        rules.require(cast.of(cast.hanbit, Role.VIEWER), cast.hanbit, Role.EDITOR)
    for outsider in (cast.of(cast.zayed), cast.operator, AnonymousUser()):
        with pytest.raises(NotVisible):
            rules.require(outsider, cast.hanbit, Role.VIEWER)


def test_the_gate_gives_the_public_view_to_everybody(cast: Cast) -> None:
    assert rules.get_organisation(AnonymousUser(), cast.hanbit.public_id) == cast.hanbit


def test_the_gate_hides_what_does_not_exist(cast: Cast) -> None:
    with pytest.raises(NotVisible):
        rules.get_organisation(cast.operator, "nosuchthing2")


def test_a_suspended_organisation_shows_to_operators_only(cast: Cast) -> None:
    hanbit = suspended(cast.hanbit)
    assert rules.get_organisation(cast.operator, hanbit.public_id) == hanbit
    for reader in (AnonymousUser(), cast.of(hanbit), cast.of(cast.zayed)):
        with pytest.raises(NotVisible):
            rules.get_organisation(reader, hanbit.public_id)
    with pytest.raises(NotVisible):
        rules.get_organisation(cast.of(hanbit), hanbit.public_id, Role.VIEWER)


def test_an_operator_judges_only_other_organisations(cast: Cast) -> None:
    rules.require_operator(cast.operator, cast.hanbit)
    cast.hanbit.memberships.create(user=cast.operator, role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        rules.require_operator(cast.operator, cast.hanbit)
    with pytest.raises(NotVisible):
        rules.require_operator(cast.of(cast.zayed), cast.hanbit)
