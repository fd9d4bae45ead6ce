# ruff: noqa: F401, F811  (fixtures are imported by name)
"""The page of a conversation: reading, writing, and what a page that stays open is told."""

from collections.abc import Callable
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from mawsim.accounts.models import Membership, Notification, Role, User
from mawsim.core import cldr
from mawsim.deals import actions, queries
from mawsim.deals.models import Conversation, Interest, Message
from mawsim.translation.actions import Unit, remember
from mawsim.translation.models import State
from tests.conftest import Cast
from tests.mawsim.deals.fixtures import conversation, interest, listing, make_listing
from tests.mawsim.deals.steps import express, new_listing, post
from tests.mawsim.web.test_deals import page, statuses

ClientOf = Callable[..., Client]
QUERIES_OF_PAGE = 18  # with the frame of the page
HTMX = {"HX-Request": "true"}


def form(text: str = "Hello", **fields: str) -> dict[str, str]:
    return {"text": text, "language": "en", "submission_token": str(uuid4())} | fields


def test_message_is_posted_once_and_shown(
    cast: Cast, conversation: Conversation, client_of: ClientOf
) -> None:
    client = client_of(cast.of(cast.vietcare))
    data = form("Xin chào\nHẹn gặp", language="vi")
    for _ in range(2):
        answer = client.post(page("message_new", conversation.public_id), data)
        message = Message.objects.get()
        address = page("conversation", conversation.public_id)
        assert (answer.status_code, answer.url) == (302, f"{address}#m-{message.public_id}")
    body = client_of(cast.of(cast.hanbit, Role.VIEWER)).get(address).content.decode()
    assert '<p class="written" lang="vi" dir="auto">Xin chào\nHẹn gặp</p>' in body
    assert "vietcare owner" in body
    assert "Vietnamese" in body
    assert "owner@vietcare.example" not in body


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"text": "x" * 4001}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": "a\u2066b"}, "text"),
        ({"language": "xx"}, "language"),
        ({"text": "We meet on Monday at ten", "language": "th"}, "language"),
        ({"submission_token": ""}, "submission_token"),
    ],
)
def test_refused_message_loses_nothing(
    cast: Cast, conversation: Conversation, client_of: ClientOf, fields: dict[str, str], name: str
) -> None:
    data = form(**fields)
    answer = client_of(cast.of(cast.hanbit)).post(page("message_new", conversation.public_id), data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]
    assert answer.context["form"]["text"].value() == data["text"]
    assert f'value="{answer.context["form"].fresh_token}"' in answer.content.decode()
    assert not Message.objects.exists()


def test_body_over_the_limit_is_refused_unread(
    cast: Cast, conversation: Conversation, client_of: ClientOf
) -> None:
    answer = client_of(cast.of(cast.hanbit)).post(
        page("message_new", conversation.public_id), form("x" * 10_000_000)
    )
    assert answer.status_code == 413
    assert not Message.objects.exists()


def test_used_form_with_other_words_can_be_sent_again(
    cast: Cast, conversation: Conversation, client_of: ClientOf
) -> None:
    """Back button, other words, send: told so, with the words and a fresh token in the form."""
    client, data = client_of(cast.of(cast.hanbit)), form("First")
    address = page("message_new", conversation.public_id)
    client.post(address, data)
    answer = client.post(address, data | {"text": "Second"})
    assert answer.status_code == 422
    fresh = answer.context["form"].fresh_token
    assert client.post(address, data | {"text": "Second", "submission_token": fresh}).status_code == 302
    assert [row.text for row in Message.objects.all()] == ["First", "Second"]


def test_suspended_meanwhile_keeps_the_text(
    cast: Cast, conversation: Conversation, client_of: ClientOf
) -> None:
    client = client_of(cast.of(cast.hanbit))
    cast.vietcare.is_active = False
    cast.vietcare.save()
    answer = client.post(page("message_new", conversation.public_id), form("Words to keep"))
    assert answer.status_code == 409
    assert "Words to keep" in answer.content.decode()
    assert not Message.objects.exists()


def test_demoted_meanwhile(cast: Cast, conversation: Conversation, client_of: ClientOf) -> None:
    editor = cast.of(cast.hanbit, Role.EDITOR)
    client = client_of(editor)
    assert "submission_token" in client.get(page("conversation", conversation.public_id)).content.decode()
    Membership.objects.filter(user=editor).update(role=Role.VIEWER)
    assert client.post(page("message_new", conversation.public_id), form()).status_code == 403
    assert "submission_token" not in client.get(page("conversation", conversation.public_id)).content.decode()


def test_messages_are_rate_limited(cast: Cast, conversation: Conversation, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit))
    address = page("message_new", conversation.public_id)
    for _ in range(30):
        assert client.post(address, form("")).status_code == 422
    answer = client.post(address, form("Words to keep"))
    assert answer.status_code == 429
    assert "Words to keep" in answer.content.decode()


def test_who_gets_which_page(cast: Cast, conversation: Conversation, client_of: ClientOf) -> None:
    first = post(cast, conversation, cast.hanbit, "Hello")
    reading = [302, 404, 404, 404, 200, 200, 200, 200]
    assert statuses(cast, client_of, "get", page("conversation", conversation.public_id)) == reading
    updates = page("conversation_updates", conversation.public_id)
    assert statuses(cast, client_of, "get", updates) == reading
    assert statuses(cast, client_of, "get", f"{updates}?after={first.public_id}") == [
        status if status != 200 else 204 for status in reading
    ]
    writing = [302, 404, 404, 404, 403, 422, 403, 422]
    # an empty message: whoever may write is told so
    assert statuses(cast, client_of, "post", page("message_new", conversation.public_id)) == writing


def test_times_are_the_reader_s(cast: Cast, conversation: Conversation, client_of: ClientOf) -> None:
    message = post(cast, conversation, cast.hanbit, "Hello")
    reader = cast.of(cast.vietcare)
    User.objects.filter(pk=reader.pk).update(time_zone="Asia/Ho_Chi_Minh")
    body = client_of(reader).get(page("conversation", conversation.public_id, "vi")).content.decode()
    assert cldr.moment(message.created_at, "vi", "Asia/Ho_Chi_Minh") in body
    assert message.created_at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).isoformat()[:19] in body


def test_translation_from_the_memory_says_where_it_is_from(
    cast: Cast, conversation: Conversation, client_of: ClientOf
) -> None:
    post(cast, conversation, cast.hanbit, "반갑습니다", "ko")
    remember([Unit("반갑습니다", "سعدت بلقائكم", "ko", "ar", State.MACHINE, "engine")])
    client = client_of(cast.of(cast.vietcare))
    body = client.get(page("conversation", conversation.public_id, "ar")).content.decode()
    assert '<p class="written" lang="ar" dir="auto">سعدت بلقائكم</p>' in body
    assert '<p class="written" lang="ko" dir="auto">반갑습니다</p>' in body
    body = client.get(page("conversation", conversation.public_id, "en")).content.decode()
    assert "سعدت" not in body


def test_open_page_is_told_what_is_new(cast: Cast, conversation: Conversation, client_of: ClientOf) -> None:
    reader = cast.of(cast.vietcare, Role.VIEWER)
    client = client_of(reader)
    address = page("conversation_updates", conversation.public_id)
    assert client.get(address, headers=HTMX).status_code == 204
    one = post(cast, conversation, cast.hanbit, "One")
    two = post(cast, conversation, cast.hanbit, "Two <b>")
    body = client.get(f"{address}?after={one.public_id}", headers=HTMX).content.decode()
    assert "Two &lt;b&gt;" in body
    assert "One" not in body
    assert f'hx-get="{address}?after={two.public_id}"' in body
    assert client.get(f"{address}?after={two.public_id}", headers=HTMX).status_code == 204
    assert list(queries.unread_conversations(reader)) == []


def test_landmark_of_another_conversation(
    cast: Cast, conversation: Conversation, client_of: ClientOf
) -> None:
    other = actions.accept(actor=cast.of(cast.gulf), interest=express(cast, new_listing(cast.gulf)))
    foreign = post(cast, other, cast.gulf, "Hello").public_id
    client = client_of(cast.of(cast.hanbit))
    for address in (
        page("conversation_updates", conversation.public_id) + f"?after={foreign}",
        page("conversation", conversation.public_id) + f"?before={foreign}",
        page("conversation", conversation.public_id) + "?before=nonsense",
    ):
        assert client.get(address).status_code == 404


def test_open_page_after_logout_keeps_what_is_typed(
    cast: Cast, conversation: Conversation, client_of: ClientOf
) -> None:
    answer = client_of(None).get(page("conversation_updates", conversation.public_id), headers=HTMX)
    assert answer.status_code == 286  # htmx stops asking and shows the notice in place
    assert "Copy what you have written" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_reading_clears_marks_and_notices(
    cast: Cast, conversation: Conversation, client_of: ClientOf
) -> None:
    post(cast, conversation, cast.hanbit, "Hello")
    reader = cast.of(cast.vietcare)
    unread = Notification.objects.filter(user=reader, read_at=None)
    assert sorted(unread.values_list("kind", flat=True)) == ["interest_accepted", "message_received"]
    assert list(queries.unread_conversations(reader)) == [conversation]
    client_of(reader).get(page("conversation", conversation.public_id))
    assert list(unread) == []
    assert list(queries.unread_conversations(reader)) == []


def test_long_conversation_comes_in_pages(
    cast: Cast, conversation: Conversation, client_of: ClientOf
) -> None:
    for number in range(queries.PAGE + 2):
        post(cast, conversation, cast.hanbit, f"Message {number:03}.")
    client = client_of(cast.of(cast.vietcare))
    newest = client.get(page("conversation", conversation.public_id))
    shown = newest.context["shown_messages"]
    assert [shown[0].message.text, shown[-1].message.text] == ["Message 002.", "Message 051."]
    address = f"{page('conversation', conversation.public_id)}?before={shown[0].message.public_id}"
    assert f'href="?before={shown[0].message.public_id}"' in newest.content.decode()
    earlier = client.get(address)
    assert [row.message.text for row in earlier.context["shown_messages"]] == ["Message 000.", "Message 001."]
    assert not earlier.context["has_earlier"]
    assert "data-poll" not in earlier.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_query_counts(
    cast: Cast, conversation: Conversation, client_of: ClientOf, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        last = post(cast, conversation, cast.hanbit, f"Message {number}")
    client = client_of(cast.of(cast.vietcare))
    address = page("conversation", conversation.public_id)
    client.get(address)
    with django_assert_num_queries(QUERIES_OF_PAGE):
        assert len(client.get(address).context["shown_messages"]) == count
    updates = f"{page('conversation_updates', conversation.public_id)}?after={last.public_id}"
    with django_assert_num_queries(5):  # session, user, gate, landmark, messages
        assert client.get(updates, headers=HTMX).status_code == 204


def test_a_page_waits_for_a_translation_and_shows_it(
    cast: Cast, conversation: Conversation, client_of: ClientOf, settings: Settings
) -> None:
    settings.TRANSLATION_ENGINES = ["memory", "fake"]
    message = post(cast, conversation, cast.hanbit, "3월 12일까지 40곳에 설치합니다.", "ko")
    client = client_of(cast.of(cast.vietcare))
    part = reverse(
        "web:message", kwargs={"public_id": conversation.public_id, "message_id": message.public_id}
    ).replace("/en/", "/tr/")
    body = client.get(page("conversation", conversation.public_id, "tr")).content.decode()
    assert f'hx-get="{part}" hx-trigger="every 2s"' in body  # asked for by looking at it
    assert f'hx-get="{part}"' in client.get(part, headers=HTMX).content.decode()
    while actions.translate_pending():
        pass
    body = client.get(part, headers=HTMX).content.decode()
    assert "hx-get" not in body
    assert '<bdi class="locked">40</bdi>' in body
    assert '<p class="written" lang="ko" dir="auto">3월 12일까지 40곳에 설치합니다.</p>' in body
    assert client.get(part).status_code == 302  # without script it is the page
    other = reverse("web:message", kwargs={"public_id": conversation.public_id, "message_id": "nonsense"})
    assert client.get(other, headers=HTMX).status_code == 404


def test_a_purpose_waits_for_its_translation(
    cast: Cast, interest: Interest, client_of: ClientOf, settings: Settings
) -> None:
    settings.TRANSLATION_ENGINES = ["memory", "fake"]
    client = client_of(cast.of(cast.hanbit))
    part = page("interest_purpose", interest.public_id, "ko")
    assert f'hx-get="{part}"' in client.get(page("interest", interest.public_id, "ko")).content.decode()
    while actions.translate_pending():
        pass
    body = client.get(part, headers=HTMX).content.decode()
    assert 'lang="ko"' in body
    assert "hx-get" not in body
