"""Every page in a pseudo-language: what shows up in plain English was never wrapped for translation."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mawsim.accounts.models import Claim, Invitation, Notification, NotificationKind, User
from mawsim.deals import actions as deals
from mawsim.deals.models import Interest
from mawsim.listings import actions
from mawsim.listings.models import Field
from mawsim.matches.models import SavedSearch
from mawsim.translation.actions import TermData, save_term_set, save_terms
from mawsim.translation.asking.caps import reserve
from mawsim.translation.models import TermKind
from mawsim.translation.scopes import organisation
from tests.conftest import Cast
from tests.mawsim.deals.steps import express, post
from tests.mawsim.listings.samples import draft, in_review, published
from tests.pseudo import END, START, bare_english, pseudo, speaking

ClientOf = Callable[[User | None], Client]
PURPOSE = "귀사의 판독 소프트웨어를 저희 병원 세 곳에서 시험하고 싶습니다."
LANGUAGE = "th"  # in no script that English could hide in


@pytest.fixture
def world(cast: Cast) -> dict[str, str]:
    """Something of everything, written in Korean; nothing in the Latin script but what the site says."""
    owner = cast.of(cast.hanbit)
    for number, user in enumerate(User.objects.order_by("pk")):
        User.objects.filter(pk=user.pk).update(name="김하나", email=f"{number}@9.9", language=LANGUAGE)
    listing = published(cast)
    actions.set_translation(
        actor=owner,
        listing=listing,
        field=Field.TITLE,
        language=LANGUAGE,
        text="ปัญญาประดิษฐ์อ่านภาพเอกซเรย์ทรวงอก",
    )
    actions.suggest_translation(
        actor=cast.of(cast.vietcare),
        listing=listing,
        field=Field.TITLE,
        language=LANGUAGE,
        text="ระบบช่วยอ่านภาพเอกซเรย์ทรวงอก",
    )
    interest = express(cast, listing, purpose=PURPOSE, language="ko")
    conversation = deals.accept(actor=owner, interest=interest)
    post(cast, conversation, cast.vietcare, "안녕하세요. 3월에 뵙겠습니다.", "ko")
    waiting = express(cast, published(cast), purpose=PURPOSE, language="ko")
    Claim.objects.create(organisation=cast.hanbit, title="품질 인증", issuer="기관")
    Invitation.objects.create(
        organisation=cast.hanbit, email="1@9.9", invited_by=owner, expires_at=timezone.now() + timedelta(9)
    )
    SavedSearch.objects.create(user=owner, name="검색", query="병원", language="ko")
    for kind in (NotificationKind.LISTING_PUBLISHED, NotificationKind.TRANSLATION_SUGGESTED):
        Notification.objects.create(user=owner, kind=kind, params={"title": "제목"}, path="/inbox/")
    terms = save_term_set(name="용어", scope=organisation(cast.hanbit.pk))
    save_terms(terms, [TermData(TermKind.KEEP, "ko", "한빛")])
    reserve("deepl", 1200, 3)
    return {
        "listing": listing.public_id,
        "draft": draft(cast).public_id,
        "queued": in_review(cast).public_id,
        "hanbit": cast.hanbit.public_id,
        "conversation": conversation.public_id,
        "accepted": interest.public_id,
        "waiting": Interest.objects.get(pk=waiting.pk).public_id,
    }


ANYBODY = [
    "", "how-it-works/", "search/?q=9999", "search/", "fields/", "listings/{listing}/",
    "organisations/{hanbit}/",
    "account/login/", "account/signup/", "account/password/reset/", "nothing-here/",
    "listings/{listing}/translations/th/title/", "listings/{listing}/translations/th/body/",
]  # fmt: skip
OWNER = [
    "home/", "settings/", "notifications/", "organisations/new/", "organisations/{hanbit}/edit/",
    "organisations/{hanbit}/members/", "organisations/{hanbit}/claims/new/", "listings/new/",
    "listings/mine/",
    "listings/{listing}/", "listings/{draft}/", "listings/{draft}/edit/", "listings/{listing}/history/",
    "search/saved/", "suggestions/", "shortlist/", "inbox/", "inbox/?box=sent", "interests/{accepted}/",
    "interests/{waiting}/", "conversations/{conversation}/", "account/password/change/", "account/2fa/",
    "account/logout/", "account/email/",
    "listings/{listing}/translations/", "listings/{listing}/translations/th/title/",
    "listings/{listing}/translations/th/body/edit/", "listings/{listing}/translations/th/body/hints/?n=1",
    "workbench/concordance/?q=99", "workbench/exchange/organisation/",
]  # fmt: skip
OPERATOR = [
    "health/", "review/", "review/{queued}/", "workbench/", "workbench/engines/",
    "workbench/exchange/public/",
    "organisations/{hanbit}/", "listings/{listing}/",
]  # fmt: skip


@pytest.fixture
def pseudo_language() -> Iterator[None]:
    with speaking(LANGUAGE):
        yield


@pytest.mark.usefixtures("pseudo_language")
@pytest.mark.parametrize("who", ["anybody", "owner", "operator"])
def test_nothing_on_any_page_is_bare_english(
    who: str, cast: Cast, world: dict[str, str], client_of: ClientOf
) -> None:
    reader = {"anybody": None, "owner": cast.of(cast.hanbit), "operator": cast.operator}[who]
    client = client_of(reader)
    paths = {"anybody": ANYBODY, "owner": OWNER, "operator": OPERATOR}[who]
    found = {}
    for path in paths:
        page = client.get(f"/{LANGUAGE}/{path.format(**world)}", follow=True).content.decode()
        assert START in page, path
        if left := bare_english(page):
            found[path] = left
    assert found == {}, "\n".join(f"{path}: {texts}" for path, texts in found.items())


@pytest.mark.usefixtures("pseudo_language")
def test_what_forms_answer_is_not_english_either(
    cast: Cast, world: dict[str, str], client_of: ClientOf
) -> None:
    client = client_of(cast.of(cast.hanbit))
    posts = {
        "listings/new/": {"kind": "offer"},
        "settings/": {"time_zone": "x", "language": "x"},
        "organisations/new/": {},
        "organisations/{hanbit}/claims/new/": {},
        "conversations/{conversation}/messages/": {"text": ""},
        "interests/{waiting}/decide/": {"decision": "decline"},
        "listings/{listing}/translations/th/body/edit/": {"do": "save"},
        "workbench/exchange/organisation/": {"what": "memory"},
    }
    found = {}
    for path, data in posts.items():
        answer = client.post(f"/{LANGUAGE}/{path.format(**world)}", data)
        assert answer.status_code in {200, 409, 422}, path
        if left := bare_english(answer.content.decode()):
            found[path] = left
    assert found == {}, "\n".join(f"{path}: {texts}" for path, texts in found.items())


def test_the_search_for_english_finds_it() -> None:
    page = f"""<html lang="th"><p>{pseudo("Save")}</p><p>Saved for you</p><a title="Close">×</a>
    <p>{START}a {START}b{END} c{END}</p><bdi>by a user</bdi><p lang="en">English</p><input placeholder="Type">
    <p>Mawsim</p><code>code</code></html>"""
    assert bare_english(page) == ["Saved for you", "Close", "Type"]
    assert pseudo("%(count)s of <b>{n}</b>").startswith("⟦%(count)s óf <b>{n}</b>·")
    assert pseudo("a claim\x04Withdraw") == "⟦Wíťhđŕáw···⟧"
