import pytest

from mawsim.accounts.models import Membership, Role
from mawsim.core.errors import NotVisible
from mawsim.deals import rules
from mawsim.deals.models import Conversation, Interest
from tests.conftest import Cast


def test_members_of_the_two_organisations_pass_the_gates(cast: Cast, conversation: Conversation) -> None:
    interest = conversation.interest
    for organisation in (cast.hanbit, cast.vietcare):
        for role in Role:
            user = cast.of(organisation, role)
            assert rules.get_interest(user, interest.public_id) == interest
            assert rules.get_conversation(user, conversation.public_id) == conversation


def test_everybody_else_does_not(cast: Cast, conversation: Conversation, django_user_model) -> None:
    from django.contrib.auth.models import AnonymousUser

    left = cast.of(cast.hanbit, Role.VIEWER)
    Membership.objects.filter(user=left).delete()
    superuser = django_user_model.objects.create_superuser("root@mawsim.example")
    asleep = cast.of(cast.hanbit, Role.EDITOR)
    asleep.is_active = False
    for user in (
        AnonymousUser(),
        cast.of(cast.zayed),
        cast.of(cast.gulf),
        cast.operator,
        superuser,
        left,
        asleep,
    ):
        with pytest.raises(NotVisible):
            rules.get_interest(user, conversation.interest.public_id)
        with pytest.raises(NotVisible):
            rules.get_conversation(user, conversation.public_id)
    with pytest.raises(NotVisible):
        rules.get_interest(cast.of(cast.hanbit), "nonsense")


def test_seats(cast: Cast, interest: Interest) -> None:
    seat = rules.seat_of(cast.of(cast.hanbit, Role.VIEWER), interest)
    assert (seat.organisation, seat.other, seat.received, seat.writes) == (
        cast.hanbit,
        cast.vietcare,
        True,
        False,
    )
    seat = rules.seat_of(cast.of(cast.vietcare, Role.EDITOR), interest)
    assert (seat.organisation, seat.other, seat.received, seat.writes) == (
        cast.vietcare,
        cast.hanbit,
        False,
        True,
    )


def test_member_of_both_sides_sits_where_they_act(cast: Cast, interest: Interest) -> None:
    user = cast.of(cast.hanbit)
    Membership.objects.create(user=user, organisation=cast.vietcare, role=Role.VIEWER)
    assert rules.seat_of(user, interest).organisation == cast.hanbit
    assert rules.seat_of(user, interest, cast.vietcare).organisation == cast.vietcare
    assert rules.seat_of(user, interest, cast.zayed).organisation == cast.hanbit


def test_suspended_sides(cast: Cast, interest: Interest) -> None:
    """A suspended sender's waiting interest is hidden from the receiver; an agreed conversation stays."""
    cast.vietcare.is_active = False
    cast.vietcare.save()
    for user in (cast.of(cast.vietcare), cast.of(cast.hanbit)):
        with pytest.raises(NotVisible):
            rules.get_interest(user, interest.public_id)
    Interest.objects.update(status="accepted")
    assert rules.get_interest(cast.of(cast.hanbit), interest.public_id) == interest
    with pytest.raises(NotVisible):
        rules.get_interest(cast.of(cast.vietcare), interest.public_id)
