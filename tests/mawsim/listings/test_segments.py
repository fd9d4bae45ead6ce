from mawsim.listings import actions
from mawsim.listings.models import Field, Listing
from mawsim.listings.segments import Segment, joined, segments
from mawsim.translation.actions import Unit, remember
from mawsim.translation.models import State
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, published

FIRST, SECOND = "국내 병원 40곳에서 쓰고 있습니다.", "민감도는 97.2%이며 인터넷 없이도 동작합니다."
ENGLISH = "Used in 40 hospitals. The sensitivity is 97.2%, without internet."


def rows(listing: Listing, language: str = "en") -> list[tuple[str, str, State | None, bool]]:
    listing = Listing.objects.get(pk=listing.pk)
    row = listing.translations.filter(field=Field.BODY, language=language).first()
    return [(one.source, one.target, one.state, one.stale) for one in segments(listing, Field.BODY, row)]


def approved(cast: Cast, text: str = ENGLISH) -> Listing:
    listing = published(cast)
    return actions.set_translation(
        actor=cast.of(cast.hanbit), listing=listing, field=Field.BODY, language="en", text=text
    )


def edit(cast: Cast, listing: Listing, body: str) -> None:
    actions.save_listing(
        actor=cast.of(cast.hanbit),
        organisation=cast.hanbit,
        listing=listing,
        language_confirmed=True,
        **{**KOREAN, "body": body},
    )


def test_without_translation(cast: Cast) -> None:
    assert rows(published(cast)) == [(FIRST, "", None, False), (SECOND, "", None, False)]


def test_sentence_by_sentence(cast: Cast) -> None:
    approved_ = State.OWNER_APPROVED
    assert rows(approved(cast)) == [
        (FIRST, "Used in 40 hospitals.", approved_, False),
        (SECOND, "The sensitivity is 97.2%, without internet.", approved_, False),
    ]


def test_an_edit_leaves_unchanged_sentences_alone(cast: Cast) -> None:
    edit(cast, listing := approved(cast), f"새 문장입니다. {SECOND}")
    assert rows(listing) == [
        ("새 문장입니다.", "", None, True),
        (SECOND, "The sensitivity is 97.2%, without internet.", State.OWNER_APPROVED, False),
    ]


def test_what_cannot_be_aligned_stays_whole(cast: Cast) -> None:
    listing = approved(cast, "In 40 hospitals with 97.2% sensitivity, without internet.")
    assert rows(listing) == [
        (
            KOREAN["body"],
            "In 40 hospitals with 97.2% sensitivity, without internet.",
            State.OWNER_APPROVED,
            False,
        )
    ]
    edit(cast, listing, f"새 문장입니다. {SECOND}")
    assert [(row[0], row[3]) for row in rows(listing)] == [(f"새 문장입니다. {SECOND}", True)]


def test_partly_translated(cast: Cast) -> None:
    remember([Unit(SECOND, "Độ nhạy 97.2%.", "ko", "vi", State.REVIEWED)])
    listing = published(cast)
    actions.want_body(listing=listing, language="vi")
    actions.translate_bodies()
    assert rows(listing, "vi") == [
        (FIRST, "", None, False),
        (SECOND, "Độ nhạy 97.2%.", State.REVIEWED, False),
    ]


def test_joining() -> None:
    parts = [("One.", ""), ("Two.", " "), ("Three.", "\n\n"), ("Four.", "")]
    assert joined(parts, "en") == "One. Two. Three.\n\nFour."
    assert joined(parts, "zh-Hans") == "One.Two.Three.\n\nFour."
    assert joined([], "en") == ""


def test_segments_say_their_hash(cast: Cast) -> None:
    one: Segment = segments(published(cast), Field.TITLE, None)[0]
    assert (one.source, one.gap, len(one.hash)) == (KOREAN["title"], "", 64)
