import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError

from mawsim.accounts import actions
from mawsim.accounts.models import User
from mawsim.core.errors import InvalidInput
from tests.conftest import Cast


def test_the_profile_is_saved(cast: Cast) -> None:
    owner = cast.of(cast.hanbit)
    actions.update_profile(actor=owner, name="김민지", language="ar", time_zone="Asia/Seoul")
    owner.refresh_from_db()
    assert (owner.name, owner.language, owner.time_zone) == ("김민지", "ar", "Asia/Seoul")


@pytest.mark.parametrize(
    ("field", "value"), [("name", "a\u202eb"), ("language", "xx"), ("time_zone", "Mars/Olympus")]
)
def test_bad_profiles_are_refused(cast: Cast, field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        actions.update_profile(actor=cast.of(cast.hanbit), **{field: value})
    assert list(raised.value.errors) == [field]


def test_nobody_makes_themselves_an_operator(cast: Cast) -> None:
    with pytest.raises(TypeError, match="is_staff"):
        actions.update_profile(actor=cast.of(cast.hanbit), is_staff=True)


def test_an_added_person_may_log_in_at_once(db: None) -> None:
    user = actions.add_person(
        email="Op@Mawsim.example", password="pw", is_staff=True, name="Op", language="ko"
    )
    assert user.check_password("pw")
    assert user.is_operator
    assert EmailAddress.objects.get(user=user).verified
    assert user.email == "op@mawsim.example"


def test_addresses_differ_by_more_than_case(db: None) -> None:
    User.objects.create_user("a@b.example")
    with pytest.raises(IntegrityError):
        User.objects.create_user("A@b.example")
