from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from mawsim.listings import actions, queries
from mawsim.listings.models import BodyRequest, Field, Listing
from mawsim.translation import registry
from mawsim.translation.actions import TermData, Unit, remember, save_term_set, save_terms
from mawsim.translation.models import SegmentTranslation, State, TermKind
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, draft, published

BODY = KOREAN["body"]
ONE, TWO = "국내 병원 40곳에서 쓰고 있습니다.", "민감도는 97.2%이며 인터넷 없이도 동작합니다."


@pytest.fixture(autouse=True)
def _fake(settings: Settings) -> Iterator[None]:
    settings.TRANSLATION_ENGINES = ["memory", "fake"]
    yield
    registry.engine.cache_clear()


def _edit(cast: Cast, listing: Listing, body: str) -> Listing:
    return actions.save_listing(
        actor=cast.of(cast.hanbit), organisation=cast.hanbit, listing=listing, **{**KOREAN, "body": body}
    )


def _body(listing: Listing, language: str = "vi") -> queries.ShownText:
    return queries.shown_texts(Listing.objects.get(pk=listing.pk), language)[Field.BODY]


def test_a_body_is_translated_when_it_is_asked_for_and_then_kept(cast: Cast) -> None:
    listing = published(cast)
    actions.translate_pending()
    assert _body(listing).translated is False
    request = actions.want_body(listing=listing, language="vi")
    assert request is not None
    assert (request.pending, request.done, request.total) == (True, 0, 0)
    assert actions.translate_bodies() == 1
    request.refresh_from_db()
    assert (request.pending, request.done, request.total) == (False, 2, 2)
    shown = _body(listing)
    assert (shown.translated, shown.complete, shown.state) == (True, True, State.MACHINE)
    assert [fact for fact in ("40", "97.2%") if fact not in shown.text] == []
    assert actions.want_body(listing=listing, language="vi") is None
    assert actions.translate_bodies() == 0
    assert _body(listing, "th").translated is False


def test_asking_twice_is_asking_once(cast: Cast) -> None:
    listing = published(cast)
    first, second = (actions.want_body(listing=listing, language="vi") for _ in range(2))
    assert first == second
    assert BodyRequest.objects.count() == 1


@pytest.mark.parametrize("language", ["ko", "xx"])
def test_there_is_no_request_for_what_needs_none(cast: Cast, language: str) -> None:
    assert actions.want_body(listing=published(cast), language=language) is None
    assert actions.want_body(listing=published(cast, body=""), language="vi") is None
    assert actions.want_body(listing=draft(cast), language="vi") is None


def test_unchanged_sentences_keep_their_translation(cast: Cast) -> None:
    listing = published(cast)
    actions.want_body(listing=listing, language="vi")
    actions.translate_bodies()
    before = {piece.hash: piece.text for piece in _body(listing).pieces}
    _edit(cast, listing, f"새로운 소식을 전해 드립니다. {BODY}")
    assert _body(listing).translated is False  # an outdated machine text gives way to the original
    actions.translate_pending()  # known languages follow by themselves
    after = {piece.hash: piece.text for piece in _body(listing).pieces}
    assert before.items() < after.items()
    assert SegmentTranslation.objects.filter(source_text=ONE, target_language="vi").count() == 1


def test_a_correction_is_everywhere_at_once(cast: Cast) -> None:
    one, two = published(cast), published(cast, cast.zayed)
    for listing in (one, two):
        actions.want_body(listing=listing, language="vi")
    actions.translate_bodies()
    actions.translate_pending()
    remember([Unit(ONE, "Đang dùng tại 40 bệnh viện.", "ko", "vi", State.REVIEWED)])
    assert Listing.objects.filter(translation_pending=True).count() == 2
    actions.translate_pending()
    for listing in (one, two):
        assert _body(listing).text.startswith("Đang dùng tại 40 bệnh viện.")
        assert [piece.state for piece in _body(listing).pieces] == [State.REVIEWED, State.MACHINE]


def test_a_term_concerns_the_listings_with_it_alone(cast: Cast) -> None:
    with_it, without = (
        published(cast),
        published(cast, title="제목", summary="요약입니다.", body="본문입니다."),
    )
    actions.translate_pending()
    terms = save_term_set(name="terms")
    save_terms(terms, [TermData(TermKind.PREFERRED, "ko", "결핵", "en", "tuberculosis")])
    assert list(Listing.objects.filter(translation_pending=True)) == [with_it]
    actions.translate_pending()
    assert "tuberculosis" in queries.shown_texts(with_it, "en")[Field.SUMMARY].text
    assert without.translations.filter(text__contains="tuberculosis").count() == 0


def test_an_engine_that_cannot_do_a_sentence_leaves_it_marked(cast: Cast) -> None:
    terms = save_term_set(name="terms")
    words = ["the", "is", "a", "this", "from", "for", "without", "words", "made", "has", "only", "which"]
    save_terms(terms, [TermData(TermKind.FORBIDDEN, "ko", "민감도", "en", word) for word in words])
    listing = published(cast)
    actions.want_body(listing=listing, language="en")
    actions.translate_bodies()
    shown = _body(listing, "en")
    assert (shown.translated, shown.complete) == (True, False)
    assert [(piece.text == TWO, piece.state) for piece in shown.pieces] == [
        (False, State.MACHINE),
        (True, None),
    ]
    assert (
        queries.texts_in([listing.pk], "en")[listing.pk].get("body") is None
    )  # no evidence in two languages


def test_edited_meanwhile(cast: Cast) -> None:
    listing = published(cast)
    actions.want_body(listing=listing, language="vi")
    edited = _edit(cast, listing, "완전히 다른 본문입니다.")
    actions.translate_bodies()
    assert (BodyRequest.objects.count(), _body(listing).translated) == (0, False)
    actions.want_body(listing=edited, language="vi")
    actions.translate_bodies()
    assert _body(listing).translated is True


def test_an_engine_that_is_away_is_asked_again_later(cast: Cast, settings: Settings) -> None:
    settings.LIBRETRANSLATE_URL = "http://127.0.0.1:9"
    settings.TRANSLATION_ENGINES = ["memory", "libretranslate"]
    listing = published(cast)
    request = actions.want_body(listing=listing, language="vi")
    assert request is not None
    actions.translate_bodies()
    request.refresh_from_db()
    assert (request.pending, request.attempts) == (True, 1)
    assert "cannot be reached" in request.error
    assert actions.translate_bodies() == 0  # not before its time
    settings.TRANSLATION_ENGINES = ["memory", "fake"]
    BodyRequest.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    actions.translate_bodies()
    assert _body(listing).translated is True
