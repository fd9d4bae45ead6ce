import pytest
from pytest_django import DjangoAssertNumQueries

from mawsim.listings import actions, queries
from mawsim.listings.models import Field, Listing
from mawsim.listings.texts import ShownText
from mawsim.translation.models import State
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, VIETNAMESE, published


def _translated(cast: Cast) -> Listing:
    return actions.set_translation(
        actor=cast.of(cast.hanbit),
        listing=published(cast),
        field=Field.TITLE,
        language="ar",
        text="مساعد قراءة أشعة الصدر",
    )


def test_the_author_language_shows_the_original(cast: Cast) -> None:
    title = KOREAN["title"]
    assert queries.shown_texts(_translated(cast), "ko")[Field.TITLE] == ShownText(
        title, "ko", False, None, False, title, "ko"
    )


def test_a_reader_sees_the_translation_with_its_origin(cast: Cast) -> None:
    shown = queries.shown_texts(_translated(cast), "ar")
    assert shown[Field.TITLE] == ShownText(
        "مساعد قراءة أشعة الصدر", "ar", True, State.OWNER_APPROVED, False, KOREAN["title"], "ko"
    )
    assert shown[Field.TITLE].dir == "rtl"
    assert (shown[Field.SUMMARY].language, shown[Field.SUMMARY].translated) == ("ko", False)


def test_texts_in_a_language_are_only_those_that_are_in_it(cast: Cast) -> None:
    korean, other = _translated(cast), published(cast, cast.vietcare)
    found = queries.texts_in([korean.pk, other.pk, 10**9], "ar")
    assert found == {korean.pk: {"title": "مساعد قراءة أشعة الصدر"}, other.pk: {}}
    assert queries.texts_in([other.pk], "vi") == {
        other.pk: {"title": VIETNAMESE["title"], "summary": VIETNAMESE["summary"]}
    }


@pytest.mark.parametrize("count", [1, 3])
def test_cards_take_two_queries(
    cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        _translated(cast)
    rows = list(queries.public())
    with django_assert_num_queries(2):
        cards = queries.cards(rows, "ar")
    assert [card.title.language for card in cards] == ["ar"] * count
    assert all(card.sentence and card.listing.organisation == cast.hanbit for card in cards)


@pytest.mark.parametrize("count", [1, 3])
def test_texts_take_two_queries(
    cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [_translated(cast).pk for _ in range(count)]
    with django_assert_num_queries(2):
        assert len(queries.texts_in(ids, "ar")) == count
