from mawsim.accounts.models import Role
from tests.conftest import Cast


def test_name_falls_back_to_the_organisation_own_writing(cast: Cast) -> None:
    cast.hanbit.names = {"en": "Hanbit Medical AI"}
    assert cast.hanbit.name_in("en") == "Hanbit Medical AI"
    assert cast.hanbit.name_in("vi") == "한빛의료AI"


def test_the_cast_has_every_role(cast: Cast) -> None:
    assert [cast.of(cast.hanbit, role).email for role in Role] == [
        "owner@hanbit.example",
        "editor@hanbit.example",
        "viewer@hanbit.example",
    ]
    assert cast.operator.is_operator
