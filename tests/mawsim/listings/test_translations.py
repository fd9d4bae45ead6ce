from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pytest_django import Settings

from mawsim.accounts.models import Role
from mawsim.core.errors import InvalidInput, NotAllowed
from mawsim.core.languages import CODES
from mawsim.listings import actions, queries
from mawsim.listings.models import Field, Listing, ListingTranslation
from mawsim.translation import registry
from mawsim.translation.actions import Unit, remember
from mawsim.translation.engines.base import Candidate, EngineError, Segment
from mawsim.translation.engines.fake import Fake
from mawsim.translation.models import MemoryUnit, State
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, draft, published

TITLE = KOREAN["title"]


class Echo(Fake):
    """The fake engine, which tells what it was asked and breaks when it is told to."""

    version = "echo:1"
    error: Exception | None = None
    calls: list[list[Segment]]

    def __init__(self) -> None:
        self.calls = []

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        self.calls.append(list(segments))
        if self.error:
            raise self.error
        return super().translate(segments)


def fake(text: str, language: str) -> str:
    """What the fake engine makes of a Korean text without facts."""
    answer = Fake().translate([Segment(text, "ko", language)])[0]
    assert answer is not None
    return answer.text


@pytest.fixture
def echo(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Echo]:
    monkeypatch.setitem(registry.ENGINES, "echo", f"{__name__}.Echo")
    settings.TRANSLATION_ENGINES = ["memory", "echo"]
    registry.engine.cache_clear()
    yield registry.engine("echo")  # type: ignore[misc]
    registry.engine.cache_clear()


def _remember(text: str, target: str, language: str, state: State = State.REVIEWED, **options: Any) -> None:
    remember([Unit(text, target, "ko", language, state, **options)])


def _text(listing: Listing, language: str, field: Field = Field.TITLE) -> tuple[str, str] | None:
    row = listing.translations.filter(language=language, field=field).first()
    return (row.text, row.state) if row else None


def _edit(cast: Cast, listing: Listing, **changed: Any) -> Listing:
    return actions.save_listing(
        actor=cast.of(cast.hanbit), organisation=cast.hanbit, listing=listing, **{**KOREAN, **changed}
    )


def test_the_memory_translates_what_it_knows(cast: Cast) -> None:
    _remember(TITLE, "AI for chest X-rays", "en")
    listing = published(cast)
    assert actions.translate_pending() == 1
    assert _text(listing, "en") == ("AI for chest X-rays", State.REVIEWED)
    listing.refresh_from_db()
    assert listing.translation_pending is False
    assert actions.translate_pending() == 0


def test_new_translations_are_searchable_so_the_index_catches_up(cast: Cast) -> None:
    _remember(TITLE, "AI for chest X-rays", "en")
    known, unknown = published(cast), published(cast, title="전혀 다른 제목입니다")
    Listing.objects.update(index_pending=False)
    actions.translate_pending()
    assert list(Listing.objects.filter(index_pending=True)) == [known]
    unknown.refresh_from_db()
    assert unknown.translation_pending is False


def test_machines_fill_in_all_other_languages(cast: Cast, echo: Echo) -> None:
    _remember(TITLE, "AI for chest X-rays", "en")
    listing = published(cast)
    actions.translate_pending()
    assert listing.translations.count() == 2 * (len(CODES) - 1)
    assert _text(listing, "en") == ("AI for chest X-rays", State.REVIEWED)
    assert _text(listing, "th") == (fake(TITLE, "th"), State.MACHINE)
    shown = queries.shown_texts(listing, "th")["title"]
    assert (shown.original, shown.original_language, shown.language) == (TITLE, "ko", "th")


def test_drafts_are_shown_to_no_engine(cast: Cast, echo: Echo) -> None:
    draft(cast)
    assert actions.translate_pending() == 0
    assert echo.calls == []


def test_a_machine_never_overwrites_a_person(cast: Cast, echo: Echo) -> None:
    listing = published(cast)
    owner = cast.of(cast.hanbit)
    actions.set_translation(
        actor=owner, listing=listing, field=Field.TITLE, language="en", text="Our own words"
    )
    MemoryUnit.objects.all().delete()
    edited = _edit(cast, listing, title="흉부 엑스레이 판독 보조 AI 2")
    actions.translate_pending()
    assert _text(edited, "en") == ("Our own words", State.OWNER_APPROVED)
    shown = queries.shown_texts(edited, "en")["title"]
    assert (shown.text, shown.stale) == ("Our own words", True)


def test_what_a_person_has_done_is_not_asked_again(cast: Cast, echo: Echo) -> None:
    listing = published(cast)
    actions.set_translation(
        actor=cast.of(cast.hanbit), listing=listing, field=Field.TITLE, language="en", text="Our own words"
    )
    actions.translate_pending()
    asked = {(part.text, part.target) for call in echo.calls for part in call}
    assert (TITLE, "en") not in asked
    assert (TITLE, "vi") in asked


def test_a_person_replaces_a_machine(cast: Cast, echo: Echo) -> None:
    listing = published(cast)
    actions.translate_pending()
    _remember(TITLE, "AI hỗ trợ đọc X-quang", "vi")
    _edit(cast, listing, stage=8)
    actions.translate_pending()
    assert _text(listing, "vi") == ("AI hỗ trợ đọc X-quang", State.REVIEWED)


def test_an_edited_source_makes_machine_texts_stale_until_translated_again(cast: Cast, echo: Echo) -> None:
    listing = published(cast)
    actions.translate_pending()
    edited = _edit(cast, listing, title="폐암 검진 보조 AI")
    shown = queries.shown_texts(edited, "en")["title"]
    assert (shown.text, shown.translated) == ("폐암 검진 보조 AI", False)
    actions.translate_pending()
    assert queries.shown_texts(edited, "en")["title"].text == fake("폐암 검진 보조 AI", "en")


def test_a_listing_that_changes_meanwhile_is_translated_again(cast: Cast, echo: Echo) -> None:
    listing = published(cast)
    answer = echo.translate

    def edit_meanwhile(segments: Sequence[Segment]) -> list[Candidate | None]:
        if not echo.calls:
            _edit(cast, listing, title="폐암 검진 보조 AI")
        return answer(segments)

    echo.translate = edit_meanwhile  # type: ignore[method-assign]
    actions.translate_pending()
    listing.refresh_from_db()
    assert (listing.translation_pending, listing.translations.count()) == (True, 0)
    actions.translate_pending()
    assert _text(listing, "en") == (fake("폐암 검진 보조 AI", "en"), State.MACHINE)


def test_an_engine_out_of_order_is_tried_again_later(cast: Cast, echo: Echo) -> None:
    listing = published(cast)
    echo.error = EngineError("503 from the engine")
    assert actions.translate_pending() == 1
    listing.refresh_from_db()
    assert (listing.translation_pending, listing.translation_attempts) == (True, 1)
    assert listing.translation_error == "503 from the engine"
    assert actions.translate_pending() == 0  # not before its time
    echo.error = None
    Listing.objects.update(translation_retry_at=None)
    actions.translate_pending()
    listing.refresh_from_db()
    assert (listing.translation_pending, listing.translation_error) == (False, "")


def test_a_permanent_error_is_not_tried_again(cast: Cast, echo: Echo) -> None:
    listing = published(cast)
    echo.error = EngineError("no such language pair", permanent=True)
    actions.translate_pending()
    listing.refresh_from_db()
    assert (listing.translation_pending, listing.translation_error) == (False, "no such language pair")


def test_one_bad_listing_does_not_keep_the_others_back(cast: Cast, echo: Echo) -> None:
    good, bad = published(cast), published(cast, title="말썽 부리는 제목")
    answer = echo.translate

    def choke(segments: Sequence[Segment]) -> list[Candidate | None]:
        if any(part.text == "말썽 부리는 제목" for part in segments):
            raise ValueError("cannot tokenise")
        return answer(segments)

    echo.translate = choke  # type: ignore[method-assign]
    actions.translate_pending()
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.translation_pending, bad.translation_pending) == (False, True)
    assert bad.translation_error == "ValueError: cannot tokenise"


@pytest.mark.parametrize("text", ["", "  ", "a\u202eb", "a\x00b"])
def test_an_engine_that_answers_rubbish_is_not_believed(cast: Cast, echo: Echo, text: str) -> None:
    listing = published(cast)
    echo.translate = lambda segments: [Candidate(text, 1.0, engine="echo:1") for _ in segments]  # type: ignore[method-assign]
    actions.translate_pending()
    listing.refresh_from_db()
    assert (listing.translation_pending, listing.translations.count()) == (False, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_asks_the_engines_once(cast: Cast, echo: Echo, count: int) -> None:
    for _ in range(count):
        published(cast)
    assert actions.translate_pending() == count
    # The same sentences in every listing: each goes to the engine once per language.
    assert [len(call) for call in echo.calls] == [2 * (len(CODES) - 1)]


# --- The author's corrections ----------------------------------------------------------------------
def _set(cast: Cast, listing: Listing, **changed: Any) -> Listing:
    options: dict[str, Any] = {"field": Field.TITLE, "language": "en", "text": "AI that reads chest X-rays"}
    actor = changed.pop("actor", cast.of(cast.hanbit, Role.EDITOR))
    return actions.set_translation(actor=actor, listing=listing, **{**options, **changed})


def test_the_author_corrects_a_translation(cast: Cast, echo: Echo) -> None:
    listing = published(cast)
    actions.translate_pending()
    corrected = _set(cast, listing)
    shown = queries.shown_texts(corrected, "en")["title"]
    assert (shown.text, shown.state, shown.stale) == (
        "AI that reads chest X-rays",
        State.OWNER_APPROVED,
        False,
    )


def test_an_authors_words_stay_in_the_memory_of_the_organisation(cast: Cast) -> None:
    """Nobody may say for others what their sentence is called, even if it is the same sentence."""
    _set(cast, published(cast), text="Send money to this account")
    unit = MemoryUnit.objects.get()
    assert (unit.scope, unit.scope_id) == ("organisation", cast.hanbit.pk)
    other = published(cast, cast.zayed)
    assert other.title == published(cast).title
    actions.translate_pending()
    assert queries.shown_texts(other, "en")["title"].text == other.title


def test_translations_of_what_is_public_are_read_afterwards(cast: Cast) -> None:
    listing = published(cast)
    assert listing.recheck_since is None
    changed = _set(cast, listing)
    assert list(queries.review_queue(cast.operator)) == [changed]
    assert _set(cast, draft(cast)).recheck_since is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 121}, "text"),
        ({"text": "a\u202eb"}, "text"),
        ({"text": "เอไอสำหรับอ่านภาพเอกซเรย์ทรวงอก"}, "text"),
        ({"language": "ko"}, "language"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_bad_correction_is_refused(cast: Cast, changed: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        _set(cast, draft(cast), **changed)
    assert list(caught.value.errors) == [field]
    assert ListingTranslation.objects.count() == 0


def test_there_is_no_translation_of_nothing(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        _set(cast, draft(cast, body=""), field=Field.BODY)


def test_only_editors_correct(cast: Cast) -> None:
    listing = published(cast)
    for actor in (cast.of(cast.hanbit, Role.VIEWER), cast.of(cast.vietcare), cast.operator):
        with pytest.raises(NotAllowed):
            _set(cast, listing, actor=actor)
