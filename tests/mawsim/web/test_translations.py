"""Where a translation comes from, and better words for it, on the pages."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mawsim.accounts.models import Role, User
from mawsim.listings import actions
from mawsim.listings.models import Field, Listing, TranslationSuggestion
from mawsim.translation.actions import Unit, remember
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import State
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, published

ClientOf = Callable[[User | None], Client]
HTMX = {"HX-Request": "true"}
ENGLISH = "Used in 40 hospitals. The sensitivity is 97.2%, without internet."
FIRST = "국내 병원 40곳에서 쓰고 있습니다."


def path(listing: Listing, rest: str = "en/body/", language: str = "en") -> str:
    return f"/{language}/listings/{listing.public_id}/translations/{rest}"


def translated(cast: Cast, state: State = State.MACHINE) -> Listing:
    listing = published(cast)
    listing.translations.create(
        field=Field.BODY,
        language="en",
        text=ENGLISH,
        state=state,
        engine="x:1" if state == State.MACHINE else "",
        reviewer=None if state == State.MACHINE else cast.operator,
        source_hash=source_hash(listing.body),
    )
    return listing


def test_each_field_says_where_it_comes_from(cast: Cast, client_of: ClientOf) -> None:
    listing = translated(cast)
    body = client_of(None).get(f"/en/listings/{listing.public_id}/").content.decode()
    assert "Translated from Korean by machine" in body
    assert f'href="{path(listing)}" hx-get="{path(listing)}" hx-target="#where-body"' in body
    assert "Show original" in body
    korean = client_of(None).get(f"/ko/listings/{listing.public_id}/").content.decode()
    assert "/translations/" not in korean


def test_sentences_as_a_page_and_as_a_part_of_one(cast: Cast, client_of: ClientOf) -> None:
    listing = translated(cast, State.REVIEWED)
    page = client_of(None).get(path(listing)).content.decode()
    assert "<html" in page
    assert "reviewed by a person" in page  # who it was is for people who are signed in
    assert "Log in to suggest" in page
    part = client_of(cast.of(cast.vietcare)).get(path(listing), headers=HTMX).content.decode()
    assert "<html" not in part
    assert "reviewed by <bdi>Operator</bdi>" in part
    assert f'<td lang="ko" dir="auto">{FIRST}</td>' in part
    assert '<span lang="en" dir="auto">Used in 40 hospitals.</span>' in part
    assert "Suggest these words" in part


def test_a_partly_translated_field_says_so(cast: Cast, client_of: ClientOf) -> None:
    remember([Unit(FIRST, "40 bệnh viện.", "ko", "vi", State.REVIEWED)])
    listing = published(cast)
    actions.want_body(listing=listing, language="vi")
    actions.translate_bodies()
    page = client_of(None).get(path(listing, "vi/body/")).content.decode()
    assert "Partly translated" in page
    assert page.count("Not translated</span>") == 1


def test_suggesting_and_deciding(cast: Cast, client_of: ClientOf) -> None:
    listing, reader = translated(cast), client_of(cast.of(cast.vietcare, Role.VIEWER))
    wrong = reader.post(path(listing), {"text": ENGLISH.replace("40", "41")})
    assert wrong.status_code == 422
    assert "A figure, date or name is missing: 4" in wrong.content.decode()
    assert "Used in 41 hospitals" in wrong.content.decode()
    better = ENGLISH.replace("Used", "In use")
    assert reader.post(path(listing), {"text": better}).status_code == 302
    owner = client_of(cast.of(cast.hanbit))
    assert better in owner.get(path(listing, "")).content.decode()
    assert better in owner.get(path(listing)).content.decode()
    assert better not in reader.get(path(listing)).content.decode()
    suggestion = TranslationSuggestion.objects.get()
    address = f"/en/translations/suggestions/{suggestion.public_id}/"
    assert owner.post(address).status_code == 400
    assert owner.post(address, {"decision": "accept"}).status_code == 302
    assert owner.post(address, {"decision": "decline"}).status_code == 409
    page = reader.get(f"/en/listings/{listing.public_id}/").content.decode()
    assert better in page
    assert "approved by the author" in page


def test_approving_what_a_machine_wrote(cast: Cast, client_of: ClientOf) -> None:
    listing, owner = translated(cast), client_of(cast.of(cast.hanbit))
    seen = owner.get(path(listing)).context["seen"]
    assert owner.post(path(listing, "en/body/approve/"), {"seen": "other"}).status_code == 409
    assert owner.post(path(listing, "en/body/approve/"), {"seen": seen}).status_code == 302
    row = listing.translations.get(field="body", language="en")
    assert (row.state, row.text) == (State.OWNER_APPROVED, ENGLISH)
    assert "Approve this translation" in owner.get(path(listing)).content.decode()


def test_only_sentences_that_have_changed_are_marked(cast: Cast, client_of: ClientOf) -> None:
    listing = published(cast)
    owner = cast.of(cast.hanbit)
    actions.set_translation(actor=owner, listing=listing, field=Field.BODY, language="en", text=ENGLISH)
    actions.save_listing(
        actor=owner,
        organisation=cast.hanbit,
        listing=listing,
        language_confirmed=True,
        **{**KOREAN, "body": f"{FIRST} 새 문장입니다."},
    )
    rows = client_of(None).get(path(listing)).context["segments"]
    assert [(one.source, one.target, one.stale) for one in rows] == [
        (FIRST, "Used in 40 hospitals.", False),
        ("새 문장입니다.", "", True),
    ]
    review = client_of(cast.operator).get(f"/en/review/{listing.public_id}/").content.decode()
    assert "Translations to read again" in review
    assert f'href="{path(listing, "en/body/edit/")}"' in review


@pytest.mark.parametrize("rest", ["ko/body/", "en/bdy/", "xx/body/", "ko/xliff/"])
def test_what_there_is_not(cast: Cast, client_of: ClientOf, rest: str) -> None:
    assert client_of(cast.operator).get(path(translated(cast), rest)).status_code == 404


def test_markup_in_suggestions_is_text(cast: Cast, client_of: ClientOf) -> None:
    listing = translated(cast)
    typed = ENGLISH + " <script>alert(1)</script>"
    page = client_of(cast.of(cast.vietcare)).post(path(listing), {"text": typed}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_suggestions_are_limited(cast: Cast, client_of: ClientOf) -> None:
    listing, client = translated(cast), client_of(cast.of(cast.vietcare))
    statuses = [client.post(path(listing), {"text": ""}).status_code for _ in range(25)]
    assert set(statuses) == {422, 429}


def test_the_overview_takes_a_fixed_number_of_queries(
    cast: Cast, client_of: ClientOf, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    listing, client = translated(cast), client_of(cast.of(cast.hanbit))
    client.get(path(listing, ""))
    with django_assert_max_num_queries(16):
        assert client.get(path(listing, "")).status_code == 200
