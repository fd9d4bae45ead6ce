"""Messages and purposes in the readers' languages, and that their words stay in the deal."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from mawsim.accounts.models import Role
from mawsim.deals import actions, queries
from mawsim.deals.models import Conversation, DealTranslation, Interest, Message
from mawsim.deals.queries import ShownMessage
from mawsim.deals.translations import scope_of
from mawsim.translation import registry
from mawsim.translation.actions import Unit, remember
from mawsim.translation.claims import LEASE
from mawsim.translation.models import MemoryUnit, SegmentTranslation, State
from mawsim.translation.scopes import organisation
from tests import worker
from tests.conftest import Cast
from tests.mawsim.deals.steps import PURPOSE, express, new_listing, post
from tests.mawsim.translation.servers import Server, serve

SECRET = "가격은 2027년 3월까지 병상당 12,500 USD입니다. 비밀로 해 주십시오."


@pytest.fixture
def fake(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["memory", "fake"]


def shown(cast: Cast, conversation: Conversation, language: str) -> list[ShownMessage]:
    messages = queries.conversation_messages(conversation)
    return queries.shown(conversation, messages, cast.vietcare, language)


def rows(**filters: object) -> list[tuple[str, bool]]:
    found = DealTranslation.objects.filter(**filters).order_by("language")
    return list(found.values_list("language", "pending"))


def test_a_message_is_asked_for_in_its_readers_languages(cast: Cast, conversation: Conversation) -> None:
    reader = cast.of(cast.vietcare, Role.VIEWER)
    reader.language = "ar"
    reader.save()
    message = post(cast, conversation, cast.hanbit, SECRET, "ko")
    assert rows(message=message) == [("ar", True), ("vi", True)]
    assert rows(message=None) == [("ko", True)]  # the purpose, which is Vietnamese


def test_translated_by_machine_with_what_was_locked(
    fake: None, cast: Cast, conversation: Conversation
) -> None:
    post(cast, conversation, cast.hanbit, SECRET, "ko")
    before = shown(cast, conversation, "vi")[0].words
    assert (before.text.translated, before.waiting, before.asked) == (False, True, True)
    while actions.translate_pending():
        pass
    words = shown(cast, conversation, "vi")[0].words
    assert (words.text.state, words.text.engine, words.text.complete) == (State.MACHINE, "fake:1", True)
    assert (words.text.original, words.waiting) == (SECRET, False)
    assert "12,500 USD" in words.facts
    assert all(fact.split()[0] in words.text.text for fact in ("12,500 USD", "2027"))
    assert rows(pending=True) == []


def test_its_words_stay_in_the_deal(fake: None, cast: Cast, conversation: Conversation) -> None:
    post(cast, conversation, cast.hanbit, SECRET, "ko")
    while actions.translate_pending():
        pass
    scopes = set(SegmentTranslation.objects.values_list("scope", "scope_id"))
    assert scopes == {("conversation", conversation.interest_id)}
    assert MemoryUnit.objects.count() == 0
    other = actions.accept(actor=cast.of(cast.zayed), interest=express(cast, new_listing(cast.zayed)))
    post(cast, other, cast.zayed, SECRET, "ko")
    assert [one.words.text.translated for one in shown(cast, other, "vi")] == [False]


def test_neither_side_s_memory_goes_into_what_both_read(
    fake: None, cast: Cast, conversation: Conversation
) -> None:
    for side in (cast.hanbit, cast.vietcare):
        unit = Unit(SECRET, "Mật", "ko", "vi", State.REVIEWED, scope=organisation(side.pk))
        remember([unit])
    post(cast, conversation, cast.hanbit, SECRET, "ko")
    while actions.translate_pending():
        pass
    assert not DealTranslation.objects.filter(text="Mật").exists()
    assert shown(cast, conversation, "vi")[0].text.text == "Mật"  # VietCare's own


@pytest.fixture
def outside(settings: Settings) -> Iterator[Server]:
    """An engine on somebody else's server."""
    with serve() as server:
        settings.LIBRETRANSLATE_URL = server.url
        settings.TRANSLATION_ENGINES = ["memory", "libretranslate"]
        registry.engine.cache_clear()
        yield server
        registry.engine.cache_clear()


def test_no_engine_outside_is_asked(outside: Server, cast: Cast, conversation: Conversation) -> None:
    post(cast, conversation, cast.hanbit, SECRET, "ko")
    while actions.translate_pending():
        pass
    assert outside.asked == []
    words = shown(cast, conversation, "vi")[0].words
    assert (words.text.translated, words.waiting) == (False, False)


def test_what_people_say_replaces_a_machine_s_words(
    fake: None, cast: Cast, conversation: Conversation
) -> None:
    post(cast, conversation, cast.hanbit, "첫째 문장입니다. 둘째 문장입니다.", "ko")
    while actions.translate_pending():
        pass
    unit = Unit("둘째 문장입니다.", "Câu thứ hai.", "ko", "vi", State.REVIEWED)
    remember([Unit(**{**_fields(unit), "scope": scope_of(conversation.interest_id + 1)})])
    assert rows(pending=True) == []
    remember([unit])
    assert rows(pending=True) == [("vi", True)]
    while actions.translate_pending():
        pass
    assert shown(cast, conversation, "vi")[0].text.text.endswith("Câu thứ hai.")


def _fields(unit: Unit) -> dict[str, object]:
    return {name: getattr(unit, name) for name in Unit.__slots__}


def test_a_part_without_translation_is_told_apart(cast: Cast, conversation: Conversation) -> None:
    post(cast, conversation, cast.hanbit, "첫째 문장입니다. 둘째 문장입니다.", "ko")
    remember([Unit("둘째 문장입니다.", "Câu thứ hai.", "ko", "vi", State.REVIEWED)])
    while actions.translate_pending():
        pass
    text = shown(cast, conversation, "vi")[0].text
    assert (text.complete, text.state) == (False, State.MACHINE)
    assert [(piece.text, piece.state) for piece in text.pieces] == [
        ("첫째 문장입니다.", None),
        ("Câu thứ hai.", State.REVIEWED),
    ]


def test_a_purpose_is_translated_too(fake: None, cast: Cast, interest: Interest) -> None:
    words = queries.shown_purpose(interest, "ko", cast.hanbit.pk)
    assert (words.waiting, words.asked) == (True, True)
    assert actions.translate_pending() == 1
    words = queries.shown_purpose(interest, "ko", cast.hanbit.pk)
    assert (words.text.translated, words.text.original) == (True, PURPOSE)
    assert queries.shown_purpose(interest, "tr", cast.hanbit.pk).asked is False
    for _ in range(2):
        actions.want_translations(interest=interest, messages=[None], language="tr")
    assert rows(pending=True) == [("tr", True)]


def test_a_worker_that_was_killed_is_followed_by_another(fake: None, cast: Cast, interest: Interest) -> None:
    DealTranslation.objects.update(retry_at=timezone.now() + LEASE)
    assert actions.translate_pending() == 0
    DealTranslation.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    assert actions.translate_pending() == 1
    assert actions.translate_pending() == 0


def test_what_nobody_could_translate_is_tried_again_a_day_later(
    settings: Settings, cast: Cast, interest: Interest
) -> None:
    assert (actions.translate_pending(), actions.translate_pending()) == (1, 0)
    settings.TRANSLATION_ENGINES = ["memory", "fake"]
    DealTranslation.objects.update(updated_at=timezone.now() - timedelta(days=2))
    assert actions.translate_pending() == 1
    assert DealTranslation.objects.get().state == State.MACHINE


def test_one_bad_text_does_not_keep_the_others_back(
    fake: None, cast: Cast, conversation: Conversation
) -> None:
    good = post(cast, conversation, cast.hanbit, "둘째 문장입니다.", "ko")
    bad = post(cast, conversation, cast.hanbit, "첫째 문장입니다.", "ko")
    Message.objects.filter(pk=bad.pk).update(language="vi")  # into its own language: a ValueError
    actions.translate_pending()
    assert DealTranslation.objects.get(message=good).state == State.MACHINE
    row = DealTranslation.objects.get(message=bad)
    assert (row.pending, row.attempts, row.error[:10]) == (True, 1, "ValueError")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_translates_within_seconds(cast: Cast, tmp_path: Path) -> None:
    """Broker, worker process and database as they are; the engine is the memory."""
    with worker.running(tmp_path / "worker.log"):
        interest = express(cast, new_listing(cast.hanbit))
        conversation = actions.accept(actor=cast.of(cast.hanbit, Role.EDITOR), interest=interest)
        remember([Unit("반갑습니다.", "Rất vui được gặp.", "ko", "vi", State.REVIEWED)])
        started = time.monotonic()
        message = post(cast, conversation, cast.hanbit, "반갑습니다. 내일 뵙겠습니다.", "ko")
        while not DealTranslation.objects.filter(message=message, pending=False).exists():
            assert time.monotonic() - started < 20
            time.sleep(0.1)
    assert DealTranslation.objects.get(message=message).text == "Rất vui được gặp. 내일 뵙겠습니다."
