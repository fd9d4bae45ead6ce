from typing import Any

import pytest

from mawsim.accounts import actions
from mawsim.accounts.models import Membership, Organisation, Role, TradeFlag
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from tests.conftest import Cast
from tests.mawsim.accounts.people import person

GOOD: dict[str, Any] = {
    "kind": "korean_firm",
    "name": "새봄AI",
    "names": {"en": "Saebom AI", "ar": "سيبوم"},
    "country": "KR",
    "city": "서울",
    "website": "https://saebom.example",
    "size": "small",
    "sectors": ["healthcare"],
    "about": "의료 영상을 판독합니다.\n둘째 줄",
    "language": "ko",
}


def test_the_founder_owns_the_organisation(db: None) -> None:
    minji = person("minji@saebom.example")
    organisation = actions.create_organisation(actor=minji, **GOOD)
    organisation.refresh_from_db()
    assert {name: getattr(organisation, name) for name in GOOD} == GOOD
    assert list(organisation.memberships.values_list("user", "role")) == [(minji.pk, Role.OWNER)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 161),
        ("name", "새봄\u202eIA"),
        ("name", "a\nb"),
        ("kind", "bank"),
        ("country", "XX"),
        ("website", "javascript:alert(1)"),
        ("about", "x" * 2001),
        ("about", "bell\x07"),
        ("language", "xx"),
        ("size", "huge"),
        ("names", {"ko": "\u2066x"}),
        ("sectors", ["a"] * 9),
    ],
)
def test_bad_fields_are_named_and_nothing_is_stored(db: None, field: str, value: object) -> None:
    minji = person("minji@saebom.example")
    with pytest.raises(InvalidInput) as raised:
        actions.create_organisation(actor=minji, **GOOD | {field: value})
    assert list(raised.value.errors) == [field]
    assert (Organisation.objects.count(), Membership.objects.count()) == (0, 0)


def test_unknown_fields_are_a_programming_error(cast: Cast) -> None:
    with pytest.raises(TypeError, match="is_active"):
        actions.create_organisation(actor=cast.operator, **GOOD, is_active=True)


def test_one_person_owns_ten_at_most(db: None) -> None:
    minji = person("minji@saebom.example")
    for _ in range(10):
        actions.create_organisation(actor=minji, **GOOD)
    with pytest.raises(Conflict):
        actions.create_organisation(actor=minji, **GOOD)
    assert Organisation.objects.count() == 10


def test_editors_change_the_profile(cast: Cast) -> None:
    editor = cast.of(cast.hanbit, Role.EDITOR)
    actions.update_organisation(actor=editor, organisation=cast.hanbit, city="부산")
    cast.hanbit.refresh_from_db()
    assert cast.hanbit.city == "부산"


def test_viewers_and_outsiders_do_not(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.update_organisation(
            actor=cast.of(cast.hanbit, Role.VIEWER), organisation=cast.hanbit, city="부산"
        )
    for outsider in (cast.of(cast.zayed), cast.operator):
        with pytest.raises(NotVisible):
            actions.update_organisation(actor=outsider, organisation=cast.hanbit, city="부산")
    cast.hanbit.refresh_from_db()
    assert cast.hanbit.city == ""


def test_operators_suspend_and_restore(cast: Cast) -> None:
    for active in (False, True):
        actions.set_organisation_active(actor=cast.operator, organisation=cast.hanbit, active=active)
        cast.hanbit.refresh_from_db()
        assert cast.hanbit.is_active is active
    with pytest.raises(NotVisible):
        actions.set_organisation_active(actor=cast.of(cast.hanbit), organisation=cast.hanbit, active=False)


def test_operators_flag_and_unflag(cast: Cast) -> None:
    for flag in (TradeFlag.SANCTIONED, TradeFlag.NONE):
        actions.set_trade_flag(actor=cast.operator, organisation=cast.hanbit, flag=flag)
        cast.hanbit.refresh_from_db()
        assert cast.hanbit.flag == flag
    for stranger in (cast.of(cast.hanbit), cast.of(cast.zayed)):
        with pytest.raises(NotVisible):
            actions.set_trade_flag(actor=stranger, organisation=cast.hanbit, flag=TradeFlag.SENSITIVE)
