from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from mawsim.accounts.models import Role
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from mawsim.listings import actions, queries
from mawsim.listings.models import Event, Listing, ListingVersion, Status
from mawsim.listings.versions import Change, history
from mawsim.translation.models import MemoryUnit, State
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, VIETNAMESE, draft, published


def _save(cast: Cast, listing: Listing | None = None, **changed: Any) -> Listing:
    options = {name: changed.pop(name) for name in ("submission_token", "seen_version") if name in changed}
    return actions.save_listing(
        actor=cast.of(cast.hanbit, Role.EDITOR),
        organisation=cast.hanbit,
        listing=listing,
        **options,
        **{**KOREAN, **changed},
    )


def test_a_new_listing_is_a_draft_with_its_outbox_raised(cast: Cast) -> None:
    listing = _save(cast)
    listing.refresh_from_db()
    assert (listing.status, listing.revision) == (Status.DRAFT, 1)
    assert (listing.index_pending, listing.translation_pending) == (True, True)
    assert {name: getattr(listing, name) for name in KOREAN} == KOREAN
    assert listing.author == cast.of(cast.hanbit, Role.EDITOR)


def test_a_form_sent_twice_saves_once(cast: Cast) -> None:
    token = uuid4()
    assert _save(cast, submission_token=token) == _save(cast, submission_token=token)
    assert (Listing.objects.count(), ListingVersion.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_the_same_moment_saves_once(cast: Cast) -> None:
    token = uuid4()

    def send(_: int) -> int:
        try:
            return _save(cast, submission_token=token).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        saved = set(pool.map(send, range(4)))
    assert len(saved) == 1
    assert (Listing.objects.count(), ListingVersion.objects.count()) == (1, 1)


def test_a_token_of_another_organisation_is_a_conflict(cast: Cast) -> None:
    token = uuid4()
    _save(cast, submission_token=token)
    with pytest.raises(Conflict):
        actions.save_listing(
            actor=cast.of(cast.vietcare), organisation=cast.vietcare, submission_token=token, **VIETNAMESE
        )


def test_who_may_write(cast: Cast) -> None:
    for actor, error in [
        (cast.of(cast.hanbit, Role.VIEWER), NotAllowed),
        (cast.of(cast.vietcare), NotVisible),
        (cast.operator, NotVisible),
    ]:
        with pytest.raises(error):
            actions.save_listing(actor=actor, organisation=cast.hanbit, **KOREAN)
    assert Listing.objects.count() == 0


def test_nobody_writes_into_another_organisation_listing(cast: Cast) -> None:
    listing = draft(cast)
    with pytest.raises(NotVisible):
        actions.save_listing(
            actor=cast.of(cast.vietcare), organisation=cast.vietcare, listing=listing, **VIETNAMESE
        )


def test_nothing_is_stored_half(cast: Cast) -> None:
    listing = draft(cast)
    with pytest.raises(InvalidInput):
        _save(cast, listing, title="새 제목입니다", stage="99")
    listing.refresh_from_db()
    assert (listing.title, listing.revision) == (KOREAN["title"], 1)


def test_an_unknown_field_is_a_programming_error(cast: Cast) -> None:
    with pytest.raises(TypeError, match="status"):
        _save(cast, status="published")


def test_an_edit_is_a_new_revision(cast: Cast) -> None:
    listing = draft(cast)
    Listing.objects.update(index_pending=False, translation_pending=False)
    edited = _save(cast, listing, title="폐암 검진 보조 AI")
    edited.refresh_from_db()
    assert (edited.revision, edited.index_pending, edited.translation_pending) == (2, True, True)
    assert list(edited.versions.values_list("number", "event")) == [(2, Event.EDITED), (1, Event.CREATED)]


def test_saving_the_same_again_changes_nothing(cast: Cast) -> None:
    listing = draft(cast)
    _save(cast, listing, seen_version=0)
    listing.refresh_from_db()
    assert listing.revision == 1


def test_two_editors_do_not_overwrite_each_other(cast: Cast) -> None:
    listing = draft(cast)
    seen = queries.current_version(listing)
    _save(cast, listing, seen_version=seen, title="첫 번째 편집자의 제목")
    with pytest.raises(Conflict):
        _save(cast, listing, seen_version=seen, title="두 번째 편집자의 제목")
    listing.refresh_from_db()
    assert listing.title == "첫 번째 편집자의 제목"


def test_the_workers_do_not_disturb_somebody_who_edits(cast: Cast) -> None:
    listing = published(cast)
    seen = queries.current_version(listing)
    actions.translate_pending()
    actions.organisation_changed(cast.hanbit.pk)
    assert _save(cast, listing, seen_version=seen, title="폐암 검진 보조 AI").title == "폐암 검진 보조 AI"


@pytest.mark.parametrize(
    ("changed", "is_read_again"),
    [
        ({"title": "폐암 검진 보조 AI"}, True),
        ({"body": "새로운 설명입니다."}, True),
        ({"sectors": ["insurance"]}, False),
        ({"stage": 8}, False),
    ],
)
def test_an_edit_after_publication_stays_public_and_new_words_are_read_again(
    cast: Cast, changed: dict[str, Any], is_read_again: bool
) -> None:
    listing = _save(cast, published(cast), **changed)
    assert listing.status == Status.PUBLISHED
    assert list(queries.public()) == [listing]
    assert list(queries.review_queue(cast.operator)) == ([listing] if is_read_again else [])


def test_approving_an_edit_takes_it_off_the_queue(cast: Cast) -> None:
    listing = _save(cast, published(cast), title="폐암 검진 보조 AI")
    actions.approve_edit(actor=cast.operator, listing=listing)
    assert list(queries.review_queue(cast.operator)) == []
    with pytest.raises(Conflict):
        actions.approve_edit(actor=cast.operator, listing=listing)
    with pytest.raises(NotAllowed):
        actions.approve_edit(actor=cast.of(cast.hanbit), listing=listing)


def test_an_archived_listing_is_restored_before_it_is_edited(cast: Cast) -> None:
    listing = actions.archive(actor=cast.of(cast.hanbit), listing=draft(cast))
    with pytest.raises(Conflict):
        _save(cast, listing, title="폐암 검진 보조 AI")


def test_the_history_tells_what_changed(cast: Cast) -> None:
    listing = _save(cast, draft(cast), title="폐암 검진 보조 AI", stage=None)
    actions.submit(actor=cast.of(cast.hanbit), listing=listing)
    told = [(version.event, changed) for version, changed in history(list(queries.versions(listing)))]
    assert told == [
        (Event.SUBMITTED, [Change("status", "draft", "in_review")]),
        (Event.EDITED, [Change("title", KOREAN["title"], "폐암 검진 보조 AI"), Change("stage", 9, None)]),
        (Event.CREATED, []),
    ]


def test_an_organisation_that_changes_has_its_listings_indexed_anew(cast: Cast) -> None:
    mine, sketch, other = published(cast), draft(cast), published(cast, cast.vietcare)
    Listing.objects.update(index_pending=False)
    actions.organisation_changed(cast.hanbit.pk)
    assert list(Listing.objects.filter(index_pending=True)) == [mine]
    revisions = {row.pk: row.revision for row in Listing.objects.all()}
    assert revisions == {mine.pk: mine.revision + 1, sketch.pk: 1, other.pk: other.revision}


# --- Import ----------------------------------------------------------------------------------------
ENGLISH = {"title": "AI support for reading chest X-rays", "summary": "Marks suspected TB within 3 seconds."}


def _import(cast: Cast, **changed: Any) -> Listing:
    options: dict[str, Any] = {
        "organisation": cast.hanbit,
        "author": cast.of(cast.hanbit),
        "published_at": timezone.now() - timedelta(days=10),
        "translations": {"en": ENGLISH, "ar": {"title": "مساعد قراءة أشعة الصدر"}},
        **KOREAN,
        **changed,
    }
    return actions.import_listing(**options)


def test_an_imported_listing_is_public_and_readable(cast: Cast) -> None:
    listing = _import(cast)
    assert list(queries.public()) == [listing]
    assert listing.expires_at == listing.published_at + timedelta(days=365)
    shown = queries.shown_texts(listing, "en")
    assert (shown["title"].text, shown["title"].state, shown["title"].translated) == (
        ENGLISH["title"],
        State.REVIEWED,
        True,
    )
    assert MemoryUnit.objects.filter(state=State.REVIEWED, scope_id=0).count() == 3


def test_an_import_sent_twice_imports_once(cast: Cast) -> None:
    token = uuid4()
    assert _import(cast, submission_token=token) == _import(cast, submission_token=token)


@pytest.mark.parametrize(
    ("translations", "key"),
    [
        ({"de": {"title": "Titel"}}, "de"),
        ({"ko": {"title": "제목"}}, "ko"),
        ({"en": {"title": "x" * 121}}, "en.title"),
        ({"en": {"summary": "a\x00b"}}, "en.summary"),
    ],
)
def test_a_bad_translation_imports_nothing(cast: Cast, translations: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        _import(cast, translations=translations)
    assert list(caught.value.errors) == [key]
    assert (Listing.objects.count(), MemoryUnit.objects.count()) == (0, 0)


def test_an_import_takes_few_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    organisation, author = cast.hanbit, cast.of(cast.hanbit)
    every = dict.fromkeys(("en", "id", "vi", "ar", "th", "tr", "ms", "tl"), ENGLISH)
    with django_assert_max_num_queries(15):
        actions.import_listing(
            organisation=organisation,
            author=author,
            published_at=timezone.now(),
            translations=every,
            **KOREAN,
        )
