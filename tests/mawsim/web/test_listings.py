"""The pages of listings: who sees them, what they show, and what bad input does to them."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mawsim.accounts.models import Role, User
from mawsim.core.languages import LANGUAGES
from mawsim.listings import actions, queries
from mawsim.listings.models import Field, Listing, Status
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, draft, in_review, published

ClientOf = Callable[[User | None], Client]
HIDDEN = "This contains characters that cannot be seen. Please type it again without them."


def _editor(cast: Cast) -> User:
    return cast.of(cast.hanbit, Role.EDITOR)


def _form(**changed: Any) -> dict[str, Any]:
    """The fields of the form as a browser sends them."""
    values = {**KOREAN, **changed}
    details = values.pop("details")
    sent = {f"d_{values['pillar']}_{name}": value for name, value in details.items()}
    return {name: "" if value is None else value for name, value in {**values, **sent}.items()}


def _errors(response: Any) -> dict[str, list[str]]:
    return {name: [str(text) for text in texts] for name, texts in response.context["form"].errors.items()}


# --- Posting ---------------------------------------------------------------------------------------
def test_a_member_posts_and_submits_in_one_go(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(_editor(cast))
    token = str(uuid4())
    sent = _form(submission_token=token, then="submit")
    response = client.post("/en/listings/new/", sent)
    listing = Listing.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/en/listings/{listing.public_id}/")
    assert listing.status == Status.IN_REVIEW
    assert {name: getattr(listing, name) for name in KOREAN} == KOREAN
    # The same form once more: the same listing.
    again = client.post("/en/listings/new/", sent)
    assert (again["Location"], Listing.objects.count()) == (response["Location"], 1)


def test_the_form_starts_with_a_token_and_the_readers_language(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(_editor(cast))
    form = client.get("/vi/listings/new/?kind=need").context["form"]
    assert (form["source_language"].value(), form["kind"].value()) == ("vi", "need")
    assert (
        form["submission_token"].value()
        != client.get("/vi/listings/new/").context["form"]["submission_token"].value()
    )


def test_errors_lose_nothing_and_store_nothing(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(_editor(cast)).post(
        "/en/listings/new/", _form(title="가" * 121, stage="99", sectors=["healthcare", "insurance"])
    )
    assert response.status_code == 422
    assert _errors(response) == {
        "title": ["This text is too long: 121 characters; 120 are allowed."],
        "stage": ["This choice is not in the list."],
    }
    page = response.content.decode()
    assert "가" * 121 in page
    # The top of a long form leads to each of its marked fields.
    assert re.findall(r'<a href="#(\w+)">([^<]+)</a></li>', page) == [
        ("id_title", "Title"),
        ("id_stage", "Stage (TRL)"),
    ]
    assert KOREAN["body"] in page
    assert len(re.findall(r'name="sectors" value="\w+" checked', page)) == 2
    assert re.search(r'value="patent_granted" selected', page)
    assert Listing.objects.count() == 0


def test_submitting_an_incomplete_draft_saves_nothing_half(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(_editor(cast)).post("/en/listings/new/", _form(sectors=[], then="submit"))
    assert _errors(response) == {"sectors": ["Choose at least one sector."]}
    assert Listing.objects.count() == 0


@pytest.mark.parametrize("field", ["title", "summary", "body"])
@pytest.mark.parametrize("bad", ["\u202e", "\u2066", "\x07", "\ue000", "\U000e0041"])
def test_hidden_characters_are_refused_by_name(cast: Cast, client_of: ClientOf, field: str, bad: str) -> None:
    response = client_of(_editor(cast)).post("/en/listings/new/", _form(**{field: f"흉부 {bad} 엑스레이"}))
    assert _errors(response) == {field: [HIDDEN]}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "gift"}, "kind"),
        ({"pillar": "gold"}, "pillar"),
        ({"source_language": "xx"}, "source_language"),
        ({"sectors": ["x'; drop table"]}, "sectors"),
        ({"technologies": ["nope"]}, "technologies"),
        ({"target_countries": ["XX"]}, "target_countries"),
        ({"partnership_types": ["love"]}, "partnership_types"),
        ({"stage": "ten"}, "stage"),
        ({"details": {"ipr_status": "stolen"}}, "d_technology_ipr_status"),
    ],
)
def test_unknown_codes_are_refused(
    cast: Cast, client_of: ClientOf, changed: dict[str, Any], field: str
) -> None:
    response = client_of(_editor(cast)).post("/en/listings/new/", _form(**changed))
    assert (response.status_code, list(_errors(response))) == (422, [field])
    assert Listing.objects.count() == 0


def test_an_empty_form_says_everything_at_once(cast: Cast, client_of: ClientOf) -> None:
    errors = _errors(client_of(_editor(cast)).post("/en/listings/new/", {"then": "submit"}))
    assert sorted(errors) == ["kind", "pillar", "source_language", "summary", "title"]


@pytest.mark.parametrize("token", ["", "not-a-token", "0", "x" * 5000])
def test_a_broken_token_is_no_obstacle(cast: Cast, client_of: ClientOf, token: str) -> None:
    assert (
        client_of(_editor(cast)).post("/en/listings/new/", _form(submission_token=token)).status_code == 302
    )


def test_markup_is_shown_as_text(cast: Cast, client_of: ClientOf) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)> 흉부 엑스레이 판독 보조 인공지능"
    listing = published(cast, title=attack, summary=attack, body=attack)
    for path in (f"/ko/listings/{listing.public_id}/", "/ko/listings/mine/"):
        page = client_of(_editor(cast)).get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_wrong_script_is_named(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(_editor(cast)).post("/en/listings/new/", _form(source_language="km"))
    message = "This text does not look like Khmer; choose its language or rewrite it."
    assert _errors(response)["summary"] == [message]


def test_a_doubt_can_be_confirmed(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(_editor(cast))
    english = "We mark signs of tuberculosis in chest films within three seconds."
    sent = _form(source_language="vi", title=english, summary=english, body="")
    response = client.post("/en/listings/new/", sent)
    assert list(_errors(response)) == ["language_confirmed"]
    assert 'name="language_confirmed"' in response.content.decode()
    assert client.post("/en/listings/new/", {**sent, "language_confirmed": "on"}).status_code == 302


def test_invalid_utf8_is_refused(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(_editor(cast)).post(
        "/en/listings/new/", b"title=%ff%fe%ed%a0%80", content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 400
    assert Listing.objects.count() == 0


def test_ten_megabytes_are_refused(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(_editor(cast)).post("/en/listings/new/", {"body": "x" * 10_000_000, "title": "x"})
    assert response.status_code in {400, 413}
    assert Listing.objects.count() == 0


# --- Editing ---------------------------------------------------------------------------------------
def test_an_edit_keeps_what_it_does_not_show(cast: Cast, client_of: ClientOf) -> None:
    listing = draft(
        cast, pillar="market", details={"channels": ["banks"], "regions": ["VN", "DE"], "languages": ["vi"]}
    )
    client = client_of(_editor(cast))
    form = client.get(f"/en/listings/{listing.public_id}/edit/").context["form"]
    sent = {bound.name: bound.value() for bound in form if bound.value() not in (None, "")}
    client.post(f"/en/listings/{listing.public_id}/edit/", {**sent, "stage": "5"})
    edited = Listing.objects.get()
    assert edited.stage == 5
    assert edited.details == listing.details
    assert (edited.title, edited.sectors) == (listing.title, listing.sectors)


def test_two_editors_are_told_of_each_other(cast: Cast, client_of: ClientOf) -> None:
    listing = draft(cast)
    client, path = client_of(_editor(cast)), f"/en/listings/{listing.public_id}/edit/"
    version = client.get(path).context["form"]["version"].value()
    client.post(path, _form(title="첫 번째 편집자의 제목", version=version))
    second = client.post(path, _form(title="두 번째 편집자의 제목", version=version))
    assert list(_errors(second)) == ["__all__"]
    listing.refresh_from_db()
    assert listing.title == "첫 번째 편집자의 제목"
    # Now they know; sending it once more is their decision.
    told = second.context["form"]["version"].value()
    assert client.post(path, _form(title="두 번째 편집자의 제목", version=told)).status_code == 302


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 50, "１"])
def test_a_broken_version_is_a_conflict(cast: Cast, client_of: ClientOf, version: str) -> None:
    listing = draft(cast)
    path = f"/en/listings/{listing.public_id}/edit/"
    response = client_of(_editor(cast)).post(path, _form(title="다른 제목으로 고칩니다", version=version))
    assert list(_errors(response)) == ["__all__"]


# --- Reading ---------------------------------------------------------------------------------------
def test_a_translation_is_shown_with_its_origin_and_the_original(cast: Cast, client_of: ClientOf) -> None:
    listing = published(cast)
    for field, text in (
        (Field.TITLE, "مساعد قراءة أشعة الصدر"),
        (Field.SUMMARY, "يحدد علامات السل في صور الصدر."),
    ):
        actions.set_translation(actor=_editor(cast), listing=listing, field=field, language="ar", text=text)
    page = client_of(None).get(f"/ar/listings/{listing.public_id}/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert '<h1 lang="ar" dir="auto">مساعد قراءة أشعة الصدر</h1>' in page
    assert f'<p class="written" lang="ko" dir="auto">{KOREAN["summary"]}</p>' in page  # inside <details>


def test_provenance_in_words(cast: Cast, client_of: ClientOf) -> None:
    listing = published(cast)
    actions.set_translation(
        actor=_editor(cast), listing=listing, field=Field.SUMMARY, language="en", text="Reads chest films."
    )
    page = client_of(None).get(f"/en/listings/{listing.public_id}/").content.decode()
    assert "Translated from Korean · approved by the author" in page
    assert "Written in Korean; not translated yet" in page  # the body


@pytest.mark.parametrize("language", [language.django for language in LANGUAGES])
def test_the_page_is_there_in_every_language(cast: Cast, client_of: ClientOf, language: str) -> None:
    response = client_of(None).get(f"/{language}/listings/{published(cast).public_id}/")
    assert response.status_code == 200
    assert response.context["card"].sentence in response.content.decode().replace("&#x27;", "'").replace(
        "&amp;", "&"
    )


def test_facts_are_in_the_readers_words(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(None).get(f"/en/listings/{published(cast).public_id}/").content.decode()
    for fact in (
        "Healthcare",
        "Medical image diagnosis",
        "Vietnam",
        "TRL 9: proven in operation",
        "Patent granted",
    ):
        assert fact in page


def _interest(page: str) -> bool:
    return "/interest/" in page


def test_who_is_offered_what(cast: Cast, client_of: ClientOf) -> None:
    path = f"/en/listings/{published(cast).public_id}/"
    offered = {}
    for name, user in {
        "anonymous": None,
        "outsider": cast.of(cast.vietcare),
        "viewer": cast.of(cast.hanbit, Role.VIEWER),
        "editor": _editor(cast),
        "operator": cast.operator,
    }.items():
        page = client_of(user).get(path).content.decode()
        offered[name] = (
            _interest(page),
            f"{path}edit/" in page,
            f"{path}suggestions/" in page,
            "/review/" in page.replace('/en/review/"', ""),
        )
    assert {name: seen[:3] for name, seen in offered.items()} == {
        "anonymous": (True, False, False),
        "outsider": (True, False, False),
        "viewer": (False, False, True),
        "editor": (False, True, True),
        "operator": (True, False, False),
    }
    assert [name for name, seen in offered.items() if seen[3]] == ["operator"]


def test_interest_is_offered_to_those_who_may_express_it(cast: Cast, client_of: ClientOf) -> None:
    listing = published(cast)
    button = f'href="/en/listings/{listing.public_id}/interest/"'
    offered = {
        None: True,
        cast.of(cast.vietcare, Role.OWNER): True,
        cast.of(cast.vietcare, Role.EDITOR): True,
        cast.of(cast.vietcare, Role.VIEWER): False,
        cast.of(cast.hanbit): False,
        User.objects.create_user("new@nowhere.example"): True,  # is led to an organisation first
    }
    pages = {user: client_of(user).get(f"/en{listing.path}").content.decode() for user in offered}
    assert {user: button in page for user, page in pages.items()} == offered
    hint = "Editors and owners can express interest"
    assert [user for user, page in pages.items() if hint in page] == [cast.of(cast.vietcare, Role.VIEWER)]


def test_the_address_in_notices_is_the_page(cast: Cast, client_of: ClientOf) -> None:
    listing = published(cast)
    assert client_of(None).get(f"/en{listing.path}").context["listing"] == listing


# --- Access ----------------------------------------------------------------------------------------
def _statuses(cast: Cast, client_of: ClientOf, path: str, method: str = "get") -> dict[str, int]:
    people = {
        "anonymous": None,
        "outsider": cast.of(cast.vietcare),
        "viewer": cast.of(cast.hanbit, Role.VIEWER),
        "editor": _editor(cast),
        "operator": cast.operator,
    }
    return {name: getattr(client_of(user), method)(path).status_code for name, user in people.items()}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("", [404, 404, 200, 200, 404]),
        ("edit/", [302, 404, 403, 200, 404]),
        ("history/", [302, 404, 200, 200, 404]),
    ],
)
def test_a_draft_is_a_secret(cast: Cast, client_of: ClientOf, page: str, expected: list[int]) -> None:
    path = f"/en/listings/{draft(cast).public_id}/{page}"
    assert list(_statuses(cast, client_of, path).values()) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("", [200, 200, 200, 200, 200]),
        ("edit/", [302, 403, 403, 200, 403]),
        ("history/", [302, 403, 200, 200, 200]),
    ],
)
def test_a_public_listing(cast: Cast, client_of: ClientOf, page: str, expected: list[int]) -> None:
    path = f"/en/listings/{published(cast).public_id}/{page}"
    assert list(_statuses(cast, client_of, path).values()) == expected


@pytest.mark.parametrize("page", ["hold/", "archive/", "close/", "translation/"])
def test_nobody_else_changes_a_public_listing(cast: Cast, client_of: ClientOf, page: str) -> None:
    listing = published(cast)
    path = f"/en/listings/{listing.public_id}/{page}"
    for user, status in (
        (None, 302),
        (cast.of(cast.vietcare), 403),
        (cast.of(cast.hanbit, Role.VIEWER), 403),
    ):
        assert client_of(user).post(path).status_code == status
    assert client_of(_editor(cast)).get(path).status_code == 405
    listing.refresh_from_db()
    assert (listing.status, listing.open_for_interest) == (Status.PUBLISHED, True)


@pytest.mark.parametrize(
    "path",
    [
        "/en/listings/nosuchthing1/",
        "/en/listings/nosuchthing1/edit/",
        "/en/listings/nosuchthing1/publish/",
        "/en/listings/%00/",
    ],
)
def test_unknown_addresses_are_404(cast: Cast, client_of: ClientOf, path: str) -> None:
    assert client_of(_editor(cast)).get(path).status_code in {400, 404}


# --- Steps, history, own list ----------------------------------------------------------------------
def test_only_what_is_public_can_be_closed(cast: Cast, client_of: ClientOf) -> None:
    shown = [
        "/close/" in client_of(_editor(cast)).get(f"/en/listings/{listing.public_id}/").content.decode()
        for listing in (published(cast), draft(cast))
    ]
    assert shown == [True, False]


def test_steps_by_click(cast: Cast, client_of: ClientOf) -> None:
    listing, client = draft(cast), client_of(_editor(cast))
    walked = []
    for step in ("submit", "withdraw", "archive", "restore", "close", "open"):
        assert client.post(f"/en/listings/{listing.public_id}/{step}/").status_code == 302
        listing.refresh_from_db()
        walked.append((listing.status, listing.open_for_interest))
    assert walked == [
        ("in_review", True),
        ("draft", True),
        ("archived", True),
        ("draft", True),
        ("draft", False),
        ("draft", True),
    ]
    assert client.post(f"/en/listings/{listing.public_id}/renew/").status_code == 409


def test_submitting_an_incomplete_draft_leads_to_the_form(cast: Cast, client_of: ClientOf) -> None:
    listing = draft(cast, sectors=[])
    response = client_of(_editor(cast)).post(f"/en/listings/{listing.public_id}/submit/", follow=True)
    assert response.redirect_chain == [(f"/en/listings/{listing.public_id}/edit/", 302)]
    assert [str(message) for message in response.context["messages"]] == ["Choose at least one sector."]


def test_the_history_is_readable(cast: Cast, client_of: ClientOf) -> None:
    listing = draft(cast)
    actions.save_listing(
        actor=_editor(cast),
        organisation=cast.hanbit,
        listing=listing,
        **{**KOREAN, "stage": 5, "sectors": ["finance"]},
    )
    page = client_of(_editor(cast)).get(f"/en/listings/{listing.public_id}/history/").content.decode()
    for text in (
        "<del>Healthcare</del>",
        "<ins>Banking and finance</ins>",
        "<ins>TRL 5: validated in a relevant environment</ins>",
    ):
        assert text in page


def test_my_listings_by_status(cast: Cast, client_of: ClientOf) -> None:
    published(cast)
    draft(cast)
    published(cast, cast.vietcare)
    client = client_of(_editor(cast))
    response = client.get("/en/listings/mine/")
    assert [(status, count) for status, _name, count in response.context["tabs"]] == [
        ("draft", 1),
        ("published", 1),
    ]
    assert len(response.context["cards"]) == 2
    assert len(client.get("/en/listings/mine/?status=draft").context["cards"]) == 1
    assert len(client.get("/en/listings/mine/?status=nonsense&page=99").context["cards"]) == 2


# --- The author's translation ----------------------------------------------------------------------
def test_the_author_corrects_a_translation(cast: Cast, client_of: ClientOf) -> None:
    listing, client = published(cast), client_of(_editor(cast))
    path = f"/en/listings/{listing.public_id}/translation/"
    sent = {"field": "title", "language": "en", "text": "AI that reads chest X-rays"}
    assert client.post(path, sent).status_code == 302
    assert queries.shown_texts(listing, "en")[Field.TITLE].text == "AI that reads chest X-rays"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "a\u202eb"}, "text"),
        ({"language": "xx"}, "language"),
        ({"field": "status"}, "field"),
        ({"field": ""}, "field"),
    ],
)
def test_a_bad_correction_is_shown_with_what_was_written(
    cast: Cast, client_of: ClientOf, changed: dict[str, str], field: str
) -> None:
    sent = {"field": "title", "language": "en", "text": "Kept words", **changed}
    response = client_of(_editor(cast)).post(f"/en/listings/{published(cast).public_id}/translation/", sent)
    assert response.status_code == 422
    assert list(response.context["translation_form"].errors) == [field]
    assert ("Kept words" in response.content.decode()) == (field != "text")


# --- Quality ---------------------------------------------------------------------------------------
def test_quality_is_judged_while_writing_and_nothing_is_stored(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(_editor(cast))
    empty = client.post("/en/listings/quality/", {}).content.decode()
    assert "0 of 100" in empty
    assert "Give it a title that says what is offered or needed." in empty
    full = client.post("/en/listings/quality/", _form()).content.decode()
    assert "Say more in the description" in full
    assert Listing.objects.count() == 0
    assert client_of(None).post("/en/listings/quality/", {}).status_code == 302


@pytest.mark.parametrize(
    "raw",
    [{"stage": ["1", "2"]}, {"pillar": "nonsense"}, {"title": "x" * 9000}, {"d_capital_ticket_min": "x"}],
)
def test_quality_never_fails(cast: Cast, client_of: ClientOf, raw: dict[str, Any]) -> None:
    assert client_of(_editor(cast)).post("/en/listings/quality/", raw).status_code == 200


# --- Query counts ----------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_my_listings_take_a_fixed_number_of_queries(
    cast: Cast, client_of: ClientOf, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        published(cast)
    client = client_of(_editor(cast))
    client.get("/ar/listings/mine/")
    with django_assert_num_queries(11):
        client.get("/ar/listings/mine/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_takes_a_fixed_number_of_queries(
    cast: Cast, client_of: ClientOf, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    listing = draft(cast)
    for stage in range(1, count):
        actions.save_listing(
            actor=_editor(cast), organisation=cast.hanbit, listing=listing, **{**KOREAN, "stage": stage}
        )
    client = client_of(_editor(cast))
    with django_assert_num_queries(9):
        client.get(f"/en/listings/{listing.public_id}/history/")


def test_a_listing_page_takes_few_queries(
    cast: Cast, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = f"/en/listings/{in_review(cast).public_id}/"
    client = client_of(_editor(cast))
    client.get(path)
    with django_assert_num_queries(12):
        client.get(path)
