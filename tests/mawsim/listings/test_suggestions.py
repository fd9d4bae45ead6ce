"""Suggestions, reviews and approvals: who may, what it does, and what it never does."""

import pytest

from mawsim.accounts.models import Membership, Notification, NotificationKind, Role, User
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from mawsim.listings import actions, queries, reviewing
from mawsim.listings.models import Field, Listing, SuggestionStatus, TranslationSuggestion
from mawsim.translation.actions import TermData, Unit, remember, save_term_set, save_terms
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import MemoryUnit, State, TermKind
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, draft, in_review, published

BODY, SUMMARY, TITLE = Field.BODY, Field.SUMMARY, Field.TITLE
GOOD = "Used in 40 Korean hospitals. The sensitivity is 97.2%, and it works without internet."
WRONG = "Used in 41 Korean hospitals. The sensitivity is 97.2%, and it works without internet."


def suggest(actor: User, listing: Listing, text: str = GOOD, language: str = "en") -> TranslationSuggestion:
    return actions.suggest_translation(actor=actor, listing=listing, field=BODY, language=language, text=text)


def shown(listing: Listing) -> tuple[str, str | None]:
    text = queries.shown_texts(Listing.objects.get(pk=listing.pk), "en")[BODY]
    return text.text, text.state


def test_a_reader_suggests_and_the_author_accepts(cast: Cast) -> None:
    listing, reader = published(cast), cast.of(cast.vietcare, Role.VIEWER)
    suggestion = suggest(reader, listing)
    assert shown(listing) == (KOREAN["body"], None)
    told = Notification.objects.filter(kind=NotificationKind.TRANSLATION_SUGGESTED)
    assert {row.user.email for row in told} == {"owner@hanbit.example", "editor@hanbit.example"}
    actions.accept_suggestion(actor=cast.of(cast.hanbit), suggestion=suggestion)
    assert shown(listing) == (GOOD, State.OWNER_APPROVED)
    assert set(MemoryUnit.objects.values_list("scope", "scope_id")) == {("organisation", cast.hanbit.pk)}
    with pytest.raises(Conflict):
        actions.accept_suggestion(actor=cast.of(cast.hanbit), suggestion=suggestion)
    with pytest.raises(Conflict):
        actions.decline_suggestion(actor=cast.of(cast.hanbit), suggestion=suggestion)


def test_what_a_reviewer_accepts_helps_everybody(cast: Cast) -> None:
    suggestion = suggest(cast.of(cast.vietcare), listing := published(cast))
    actions.accept_suggestion(actor=cast.operator, suggestion=suggestion)
    assert shown(listing) == (GOOD, State.REVIEWED)
    assert set(MemoryUnit.objects.values_list("scope", "scope_id", "reviewer")) == {
        ("public", 0, cast.operator.pk)
    }


def test_what_is_not_public_yet_stays_at_home(cast: Cast) -> None:
    listing = in_review(cast)
    actions.review_translation(
        actor=cast.operator,
        listing=listing,
        field=BODY,
        language="en",
        text=GOOD,
        seen=source_hash(listing.body),
    )
    assert set(MemoryUnit.objects.values_list("scope", flat=True)) == {"organisation"}


@pytest.mark.parametrize(
    ("text", "language", "field"),
    [
        (WRONG, "en", "text"),
        ("", "en", "text"),
        (GOOD + " <b>x</b>", "en", "text"),
        (GOOD + "\u202e", "en", "text"),
        (GOOD + " Mail x@evil.example", "en", "text"),
        (GOOD, "th", "text"),
        (GOOD, "ko", "language"),
        (GOOD, "xx", "language"),
        ("x" * 4001, "en", "text"),
    ],
)
def test_wrong_suggestions_are_refused(cast: Cast, text: str, language: str, field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        suggest(cast.of(cast.vietcare), published(cast), text, language)
    assert list(error.value.errors) == [field]
    assert not TranslationSuggestion.objects.exists()


def test_the_glossary_binds_people_too(cast: Cast) -> None:
    save_terms(save_term_set(name="x"), [TermData(TermKind.FORBIDDEN, "ko", "민감도", "en", "sensitivity")])
    with pytest.raises(InvalidInput, match="A forbidden word is used: sensitivity"):
        suggest(cast.of(cast.vietcare), published(cast))


def test_a_second_suggestion_replaces_the_first(cast: Cast) -> None:
    listing, reader = published(cast), cast.of(cast.vietcare)
    suggest(reader, listing)
    suggest(reader, listing, GOOD.replace("Used", "In use"))
    suggest(cast.of(cast.zayed), listing)
    assert [row.text[:4] for row in reviewing.open_suggestions(listing)] == ["In u", "Used"]
    assert Notification.objects.filter(kind=NotificationKind.TRANSLATION_SUGGESTED).count() == 2
    actions.decline_suggestion(actor=cast.operator, suggestion=reviewing.open_suggestions(listing)[0])
    suggest(reader, listing)
    assert TranslationSuggestion.objects.filter(author=reader).count() == 2


def test_who_may_decide(cast: Cast) -> None:
    suggestion = suggest(cast.of(cast.vietcare), listing := published(cast))
    refused = [cast.of(cast.vietcare), cast.of(cast.gulf), cast.of(cast.hanbit, Role.VIEWER), cast.operator]
    own = Membership.objects.create(organisation=cast.hanbit, user=cast.operator, role=Role.VIEWER)
    for actor in refused:
        for step in (actions.accept_suggestion, actions.decline_suggestion):
            with pytest.raises(NotAllowed):
                step(actor=actor, suggestion=suggestion)
        with pytest.raises(NotVisible):
            reviewing.get_suggestion(actor, suggestion.public_id)
    own.delete()
    assert reviewing.get_suggestion(cast.operator, suggestion.public_id) == suggestion
    suggestion.refresh_from_db()
    assert (suggestion.status, shown(listing)) == (SuggestionStatus.OPEN, (KOREAN["body"], None))


def test_nobody_suggests_for_what_is_not_to_be_seen(cast: Cast) -> None:
    with pytest.raises(NotVisible):
        suggest(cast.of(cast.vietcare), draft(cast))


def test_an_edit_of_the_original_comes_between(cast: Cast) -> None:
    suggestion = suggest(cast.of(cast.vietcare), listing := published(cast))
    actions.save_listing(
        actor=cast.of(cast.hanbit),
        organisation=cast.hanbit,
        listing=listing,
        language_confirmed=True,
        **{**KOREAN, "body": "국내 병원 50곳에서 쓰고 있습니다."},
    )
    with pytest.raises(Conflict):
        actions.accept_suggestion(actor=cast.of(cast.hanbit), suggestion=suggestion)
    suggestion.refresh_from_db()
    assert suggestion.status == SuggestionStatus.OPEN


def _machine(cast: Cast) -> Listing:
    listing = published(cast)
    row = listing.translations.create(
        field=BODY,
        language="en",
        text=GOOD,
        state=State.MACHINE,
        engine="x:1",
        source_hash=source_hash(listing.body),
    )
    assert row.complete
    return listing


def approve(cast: Cast, listing: Listing, actor: User, text: str = GOOD) -> None:
    actions.approve_translation(
        actor=actor, listing=listing, field=BODY, language="en", seen=source_hash(text)
    )


def test_a_machine_s_words_are_approved(cast: Cast) -> None:
    listing = _machine(cast)
    with pytest.raises(NotAllowed):
        approve(cast, listing, cast.of(cast.vietcare))
    with pytest.raises(Conflict):
        approve(cast, listing, cast.of(cast.hanbit), "what was there before")
    approve(cast, listing, cast.operator)
    assert shown(listing) == (GOOD, State.REVIEWED)
    approve(cast, listing, cast.of(cast.hanbit))
    assert shown(listing) == (GOOD, State.OWNER_APPROVED)
    approve(cast, listing, cast.operator)  # says the same, so that it takes nothing away


def test_what_is_half_translated_is_not_approved(cast: Cast) -> None:
    listing = _machine(cast)
    listing.translations.update(complete=False)
    with pytest.raises(Conflict):
        approve(cast, listing, cast.of(cast.hanbit))


def test_a_reviewer_does_not_overwrite_the_author(cast: Cast) -> None:
    listing = _machine(cast)
    approve(cast, listing, cast.of(cast.hanbit))
    other = GOOD.replace("Used", "In use")
    options = {"listing": listing, "field": BODY, "language": "en", "seen": source_hash(listing.body)}
    with pytest.raises(Conflict):
        actions.review_translation(actor=cast.operator, text=other, **options)
    assert shown(listing) == (GOOD, State.OWNER_APPROVED)


def test_lists_for_reviewers(cast: Cast) -> None:
    listing = _machine(cast)
    assert [row.listing for row in reviewing.unread(cast.operator, "en")] == [listing]
    assert reviewing.unread_counts(cast.operator) == {"en": 1}
    suggestion = suggest(cast.of(cast.vietcare), listing, GOOD.replace("Used", "In use"))
    assert list(reviewing.suggested(cast.operator, "en")) == [suggestion]
    assert reviewing.outdated(cast.operator, "en") == []
    approve(cast, listing, cast.of(cast.hanbit))
    actions.save_listing(
        actor=cast.of(cast.hanbit),
        organisation=cast.hanbit,
        listing=listing,
        language_confirmed=True,
        **{**KOREAN, "body": "국내 병원 50곳에서 쓰고 있습니다."},
    )
    assert [row.listing for row in reviewing.outdated(cast.operator, "en")] == [listing]
    listing.refresh_from_db()
    assert [(row.field, row.language) for row in reviewing.stale_rows(listing)] == [("body", "en")]
    Membership.objects.create(organisation=cast.hanbit, user=cast.operator)
    assert list(reviewing.suggested(cast.operator, "en")) == []
    assert reviewing.outdated(cast.operator, "en") == []


def test_overview(cast: Cast) -> None:
    listing = _machine(cast)
    suggest(cast.of(cast.vietcare), listing, GOOD.replace("Used", "In use"))
    by_language = dict(reviewing.overview(listing))
    assert [language.code for language in by_language].count("ko") == 0
    english = next(cells for language, cells in by_language.items() if language.code == "en")
    assert [(cell.field, cell.state, cell.stale, cell.suggestions) for cell in english] == [
        (TITLE, None, False, 0),
        (SUMMARY, None, False, 0),
        (BODY, State.MACHINE, False, 1),
    ]


def test_a_correction_reaches_the_same_sentence_elsewhere(cast: Cast) -> None:
    """Public words of a reviewer change what machines made of the same sentence in another listing."""
    first, second = published(cast), published(cast, cast.haneul)
    remember(
        [Unit("민감도는 97.2%이며 인터넷 없이도 동작합니다.", "Machine 97.2%.", "ko", "en", State.MACHINE)]
    )
    actions.want_body(listing=second, language="en")
    actions.translate_bodies()
    actions.accept_suggestion(actor=cast.operator, suggestion=suggest(cast.of(cast.vietcare), first))
    while actions.translate_pending():
        pass
    text = queries.shown_texts(Listing.objects.get(pk=second.pk), "en")[BODY]
    assert text.text == GOOD
