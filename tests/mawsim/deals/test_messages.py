import threading
from uuid import uuid4

import pytest
from django.db import connection

from mawsim.accounts.models import Membership, Notification, NotificationKind, Role, User
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from mawsim.deals import actions
from mawsim.deals.models import Conversation, Interest, InterestStatus, Message, ReadMark
from tests.conftest import Cast
from tests.mawsim.deals.steps import express, post


def waiting_for(address: str) -> int:
    return Notification.objects.filter(
        user__email=address, kind=NotificationKind.MESSAGE_RECEIVED, read_at=None
    ).count()


def test_post_message_stores_it_and_tells_the_other_side(cast: Cast, conversation: Conversation) -> None:
    message = post(cast, conversation, cast.vietcare, "  Xin chào!\r\nHẹn gặp thứ Hai.\n", "vi")
    message.refresh_from_db()
    assert (message.text, message.language) == ("Xin chào!\nHẹn gặp thứ Hai.", "vi")
    assert (message.author, message.organisation) == (cast.of(cast.vietcare, Role.EDITOR), cast.vietcare)
    conversation.refresh_from_db()
    assert conversation.last_message_at == message.created_at
    rows = Notification.objects.filter(kind=NotificationKind.MESSAGE_RECEIVED)
    assert {row.user.email for row in rows} == {"owner@hanbit.example", "editor@hanbit.example"}
    assert {row.path for row in rows} == {f"/conversations/{conversation.public_id}/"}
    assert [row.params for row in rows] == [
        {"title": conversation.interest.title, "organisation": "Tập đoàn Y tế VietCare"}
    ] * 2  # the words themselves stay on the platform


def test_one_notice_until_the_person_has_looked(cast: Cast, conversation: Conversation) -> None:
    post(cast, conversation, cast.vietcare, "One")
    last = post(cast, conversation, cast.vietcare, "Two")
    assert waiting_for("owner@hanbit.example") == 1
    actions.mark_read(actor=cast.of(cast.hanbit), conversation=conversation, message=last)
    assert waiting_for("owner@hanbit.example") == 0
    assert waiting_for("editor@hanbit.example") == 1
    post(cast, conversation, cast.vietcare, "Three")
    assert waiting_for("owner@hanbit.example") == 1
    assert waiting_for("editor@hanbit.example") == 1


@pytest.mark.parametrize(
    ("text", "language", "field"),
    [
        ("", "en", "text"),
        (" \n\u200b\n ", "en", "text"),
        ("x" * 4001, "en", "text"),
        ("Look: \u202etxt.exe", "en", "text"),
        ("beep\x07", "en", "text"),
        ("Hello", "xx", "language"),
        ("Hello, shall we meet on Monday?", "km", "language"),
    ],
)
def test_post_message_refuses(
    cast: Cast, conversation: Conversation, text: str, language: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        post(cast, conversation, cast.vietcare, text, language)
    assert list(caught.value.errors) == [field]
    assert not Message.objects.exists()


def test_markup_is_kept_as_text(cast: Cast, conversation: Conversation) -> None:
    text = "<script>alert(1)</script> & {{ settings.SECRET_KEY }}"
    assert post(cast, conversation, cast.vietcare, text).text == text
    assert post(cast, conversation, cast.vietcare, "x" * 4000).text == "x" * 4000


def test_form_sent_twice_posts_once(cast: Cast, conversation: Conversation) -> None:
    def send(text: str) -> Message:
        return actions.post_message(
            actor=cast.of(cast.hanbit),
            conversation=conversation,
            organisation=cast.hanbit,
            text=text,
            language="en",
            submission_token=token,
        )

    token = uuid4()
    assert send("Hello") == send(" Hello ")
    with pytest.raises(InvalidInput) as caught:
        send("Hello again")
    assert list(caught.value.errors) == ["__all__"]
    assert Message.objects.count() == 1


def test_token_of_somebody_else_is_refused(cast: Cast, conversation: Conversation) -> None:
    first = post(cast, conversation, cast.hanbit, "Hello")
    with pytest.raises(InvalidInput):
        actions.post_message(
            actor=cast.of(cast.vietcare),
            conversation=conversation,
            organisation=cast.vietcare,
            text="Hello",
            language="en",
            submission_token=first.submission_token,
        )


def test_who_may_write(cast: Cast, conversation: Conversation) -> None:
    for actor, organisation, error in [
        (cast.of(cast.hanbit, Role.VIEWER), cast.hanbit, NotAllowed),
        (cast.of(cast.hanbit), cast.vietcare, NotVisible),  # not in another's name
        (cast.of(cast.zayed), cast.zayed, NotVisible),
        (cast.operator, cast.hanbit, NotVisible),
    ]:
        with pytest.raises(error):
            actions.post_message(
                actor=actor,
                conversation=conversation,
                organisation=organisation,
                text="Hello",
                language="en",
                submission_token=uuid4(),
            )
    assert not Message.objects.exists()


def test_demoted_or_suspended_meanwhile(cast: Cast, conversation: Conversation) -> None:
    cast.vietcare.is_active = False
    cast.vietcare.save()
    with pytest.raises(Conflict):
        post(cast, conversation, cast.hanbit, "Hello")
    with pytest.raises(NotVisible):
        post(cast, conversation, cast.vietcare, "Hello")
    editor = cast.of(cast.hanbit, Role.EDITOR)
    Membership.objects.filter(user=editor).update(role=Role.VIEWER)
    with pytest.raises(NotAllowed):
        actions.post_message(
            actor=editor,
            conversation=conversation,
            organisation=cast.hanbit,
            text="Hello",
            language="en",
            submission_token=uuid4(),
        )


def test_marks_never_go_back(cast: Cast, conversation: Conversation) -> None:
    first, last = (post(cast, conversation, cast.vietcare, text) for text in ("One", "Two"))
    reader = cast.of(cast.hanbit, Role.VIEWER)
    for message in (last, first, None):
        actions.mark_read(actor=reader, conversation=conversation, message=message)
    mark = ReadMark.objects.get(user=reader)
    assert (mark.message, mark.status) == (last, InterestStatus.ACCEPTED)


def test_mark_seen_clears_the_notices_of_this_deal_only(cast: Cast, interest: Interest, make_listing) -> None:
    other = express(cast, make_listing(cast.hanbit))
    owner = cast.of(cast.hanbit)
    actions.mark_seen(actor=owner, interest=interest)
    unread = Notification.objects.filter(user=owner, read_at=None)
    assert [row.path for row in unread] == [other.path]


@pytest.mark.django_db(transaction=True)
def test_two_members_who_decide_at_once(cast: Cast, interest: Interest) -> None:
    """Both have the page open and press at the same moment, in two connections."""
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def decide(email: str, accept: bool) -> None:
        actor = User.objects.get(email=email)
        own = Interest.objects.select_related("organisation", "listing__organisation").get()
        gate.wait(timeout=10)
        try:
            if accept:
                actions.accept(actor=actor, interest=own)
            else:
                actions.decline(actor=actor, interest=own, reason="budget")
            outcomes.append("decided")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    people = [("owner@hanbit.example", True), ("editor@hanbit.example", False)]
    threads = [threading.Thread(target=decide, args=person) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["conflict", "decided"]
    interest.refresh_from_db()
    assert Conversation.objects.count() == (1 if interest.status == InterestStatus.ACCEPTED else 0)


@pytest.mark.django_db(transaction=True)
def test_twin_forms_at_once_store_one(cast: Cast, conversation: Conversation, make_listing) -> None:
    """A double click: the same interest and the same message, each sent twice at the same moment."""
    token, listing = uuid4(), make_listing(cast.gulf)
    found: list[int] = []
    gate = threading.Barrier(2)

    def send() -> None:
        gate.wait(timeout=10)
        try:
            found.append(express(cast, listing, submission_token=token).pk)
            gate.wait(timeout=10)
            message = actions.post_message(
                actor=cast.of(cast.vietcare),
                conversation=conversation,
                organisation=cast.vietcare,
                text="Hello",
                language="en",
                submission_token=token,
            )
            found.append(message.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(found) == sorted([Interest.objects.get(listing=listing).pk, Message.objects.get().pk] * 2)
