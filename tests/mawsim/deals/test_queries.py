import pytest
from django.utils import timezone

from mawsim.accounts.models import Role
from mawsim.core.errors import NotVisible
from mawsim.deals import actions, queries, rules
from mawsim.deals.models import Conversation, Interest, InterestStatus
from mawsim.deals.queries import Box
from mawsim.listings.models import Listing, Status
from mawsim.translation.actions import Unit, remember
from mawsim.translation.models import State
from mawsim.translation.scopes import organisation
from tests.conftest import Cast
from tests.mawsim.deals.steps import PURPOSE, express, post


def lines(user, organisation, box: Box, language: str = "ko", status=None) -> list[queries.Entry]:
    return queries.entries(user, queries.inbox(user, organisation, box, status), box, language)


def test_inbox_holds_each_side_s_view(cast: Cast, interest: Interest) -> None:
    (received,) = lines(cast.of(cast.hanbit), cast.hanbit, Box.RECEIVED)
    assert (received.interest, received.other, received.title.text) == (
        interest,
        cast.vietcare,
        interest.listing.title,
    )
    (sent,) = lines(cast.of(cast.vietcare), cast.vietcare, Box.SENT)
    assert (sent.interest, sent.other) == (interest, cast.hanbit)
    assert lines(cast.of(cast.hanbit), cast.hanbit, Box.SENT) == []
    assert lines(cast.of(cast.zayed), cast.hanbit, Box.RECEIVED) == []
    assert lines(cast.operator, cast.hanbit, Box.RECEIVED) == []


def test_inbox_filters_and_sorts_by_what_moved_last(cast: Cast, make_listing) -> None:
    first, second, third = (express(cast, make_listing(cast.hanbit)) for _ in range(3))
    conversation = actions.accept(actor=cast.of(cast.hanbit), interest=first)
    actions.decline(actor=cast.of(cast.hanbit), interest=second, reason="budget")
    reader = cast.of(cast.hanbit)
    box = queries.inbox(reader, cast.hanbit)
    assert list(box) == [second, first, third]
    post(cast, conversation, cast.vietcare, "Hello")
    assert list(queries.inbox(reader, cast.hanbit)) == [first, second, third]
    assert list(queries.inbox(reader, cast.hanbit, status=InterestStatus.PENDING)) == [third]


def test_unread_marks_of_interests(cast: Cast, interest: Interest) -> None:
    receiver, sender = cast.of(cast.hanbit), cast.of(cast.vietcare, Role.VIEWER)
    assert queries.unread_in(receiver, cast.hanbit) == {"received": 1, "sent": 0}
    assert queries.unread_in(sender, cast.vietcare) == {"received": 0, "sent": 0}
    actions.mark_seen(actor=receiver, interest=interest)
    assert queries.unread_in(receiver, cast.hanbit) == {"received": 0, "sent": 0}
    assert queries.unread_in(cast.of(cast.hanbit, Role.EDITOR), cast.hanbit) == {"received": 1, "sent": 0}
    actions.decline(actor=receiver, interest=interest, reason="budget")
    assert queries.unread_in(sender, cast.vietcare) == {"received": 0, "sent": 1}
    interest.refresh_from_db()
    actions.mark_seen(actor=sender, interest=interest)
    assert queries.unread_in(sender, cast.vietcare) == {"received": 0, "sent": 0}


def test_unread_conversations(cast: Cast, conversation: Conversation) -> None:
    message = post(cast, conversation, cast.vietcare, "Hello")
    reader = cast.of(cast.hanbit, Role.VIEWER)
    assert list(queries.unread_conversations(reader)) == [conversation]
    assert list(queries.unread_conversations(message.author)) == []
    assert list(queries.unread_conversations(cast.operator)) == []
    assert [line.new_messages for line in lines(reader, cast.hanbit, Box.RECEIVED)] == [True]
    actions.mark_read(actor=reader, conversation=conversation, message=message)
    assert list(queries.unread_conversations(reader)) == []
    assert [line.new_messages for line in lines(reader, cast.hanbit, Box.RECEIVED)] == [False]


def test_pending_for(cast: Cast, interest: Interest) -> None:
    assert list(queries.pending_for(cast.hanbit)) == [interest]
    assert list(queries.pending_for(cast.vietcare)) == []
    Interest.objects.update(expires_at=timezone.now())
    assert list(queries.pending_for(cast.hanbit)) == []


def test_open_interest(cast: Cast, interest: Interest) -> None:
    assert queries.open_interest(cast.vietcare, interest.listing) == interest
    assert queries.open_interest(cast.zayed, interest.listing) is None
    actions.withdraw(actor=cast.of(cast.vietcare), interest=interest)
    assert queries.open_interest(cast.vietcare, interest.listing) is None


def test_hidden_listing_keeps_only_its_first_title_for_the_sender(cast: Cast, interest: Interest) -> None:
    Listing.objects.update(status=Status.DRAFT, title="아직 비밀인 새 제목")
    sender, receiver = cast.of(cast.vietcare), cast.of(cast.hanbit)
    assert queries.listing_card(sender, interest, "ko") is None
    assert [line.title.text for line in lines(sender, cast.vietcare, Box.SENT)] == [
        "흉부 CT 판독 보조 인공지능"
    ]
    assert queries.listing_card(receiver, interest, "ko").title.text == "아직 비밀인 새 제목"


def test_pages_of_messages(cast: Cast, conversation: Conversation) -> None:
    one, two, three = (post(cast, conversation, cast.vietcare, text) for text in ("One", "Two", "Three"))
    read = queries.conversation_messages
    assert read(conversation, limit=2) == [two, three]
    assert queries.has_earlier(conversation, [two, three])
    assert not queries.has_earlier(conversation, [one])
    assert read(conversation, before=two.public_id) == [one]
    assert read(conversation, after=one.public_id) == [two, three]
    assert read(conversation, after=three.public_id) == []


def test_messages_of_another_conversation_are_no_landmark(
    cast: Cast, conversation: Conversation, make_listing
) -> None:
    other = actions.accept(actor=cast.of(cast.gulf), interest=express(cast, make_listing(cast.gulf)))
    foreign = post(cast, other, cast.vietcare, "Hello")
    for where in ({"after": foreign.public_id}, {"before": foreign.public_id}, {"after": "nonsense"}):
        with pytest.raises(NotVisible):
            queries.conversation_messages(conversation, **where)


def test_messages_are_shown_from_the_memory(cast: Cast, conversation: Conversation) -> None:
    post(cast, conversation, cast.vietcare, "Xin chào", "vi")
    post(cast, conversation, cast.hanbit, "반갑습니다", "ko")
    post(cast, conversation, cast.vietcare, "Giá bí mật", "vi")
    remember(
        [
            Unit("Xin chào", "안녕하세요", "vi", "ko", State.REVIEWED),
            Unit(
                "Giá bí mật",
                "비밀 가격",
                "vi",
                "ko",
                State.MACHINE,
                "engine",
                scope=organisation(cast.vietcare.pk),
            ),
        ]
    )
    messages = queries.conversation_messages(conversation)

    def seen(organisation) -> list[tuple]:
        return [
            (row.text.text, row.text.translated, row.text.state, row.text.original, row.own)
            for row in queries.shown(conversation, messages, organisation, "ko")
        ]

    assert seen(cast.hanbit) == [
        ("안녕하세요", True, State.REVIEWED, "Xin chào", False),
        ("반갑습니다", False, None, "반갑습니다", True),
        ("Giá bí mật", False, None, "Giá bí mật", False),  # the other side's confidential memory
    ]
    assert seen(cast.vietcare)[2] == ("비밀 가격", True, State.MACHINE, "Giá bí mật", True)


@pytest.mark.parametrize("count", [1, 3])
def test_query_counts(cast: Cast, make_listing, count: int, django_assert_num_queries) -> None:
    interests = [express(cast, make_listing(cast.hanbit)) for _ in range(count)]
    conversation = actions.accept(actor=cast.of(cast.hanbit), interest=interests[0])
    for _ in range(count):
        post(cast, conversation, cast.vietcare, PURPOSE, "vi")
    reader = cast.of(cast.hanbit)
    with django_assert_num_queries(3):  # interests, their listings, translations
        for line in lines(reader, cast.hanbit, Box.RECEIVED):
            assert line.other.name == cast.vietcare.name
    with django_assert_num_queries(2):
        queries.unread_in(reader, cast.hanbit)
    with django_assert_num_queries(3):  # messages with authors and organisations, memory, translations
        shown = queries.shown(conversation, queries.conversation_messages(conversation), cast.hanbit, "ko")
        assert [str(row.message.author) for row in shown] == ["vietcare editor"] * count
    with django_assert_num_queries(1):
        assert rules.get_interest(reader, interests[0].public_id).organisation == cast.vietcare
    with django_assert_num_queries(1):
        assert rules.get_conversation(reader, conversation.public_id).interest.listing.organisation
