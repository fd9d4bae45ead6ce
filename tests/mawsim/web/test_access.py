"""Who may open what: every address of the site x every kind of reader.

The listing, its draft, claim and invitation are Hanbit's; VietCare waits for an answer to its interest,
Zayed's was accepted. Viewer, editor and owner are Hanbit's members; the outsider belongs to no
organisation, the agency's owner to another one.

Letters: 2 shown, n nothing new, > done and led on, L led to the login, 3 forbidden, 4 does not exist,
5 not this method, c in conflict with the state, u shown again with errors, b refused.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import LocalePrefixPattern
from django.utils import timezone

from mawsim.accounts.invitations import token_of
from mawsim.accounts.models import Claim, Invitation, Membership, Notification, NotificationKind, Role, User
from mawsim.deals.models import Conversation, Interest, InterestStatus, Message
from mawsim.listings.models import Listing, ListingVersion, Status, TranslationSuggestion
from mawsim.matches.models import SavedSearch
from mawsim.translation.actions import save_term_set
from mawsim.translation.scopes import organisation
from tests.conftest import Cast

READERS = ("anonymous", "outsider", "viewer", "editor", "owner", "agency", "operator")
_STATUS = {200: "2", 204: "n", 400: "b", 403: "3", 404: "4", 405: "5", 409: "c", 422: "u"}

World = dict[str, Any]


@pytest.fixture
def world(cast: Cast) -> World:
    hanbit, owner, now = cast.hanbit, cast.of(cast.hanbit), timezone.now()
    listing = _listing(cast, status=Status.PUBLISHED)
    waiting = _interest(listing, cast.vietcare, InterestStatus.PENDING)
    accepted = _interest(listing, cast.zayed, InterestStatus.ACCEPTED)
    return {
        "cast": cast,
        "readers": {
            "anonymous": None,
            "outsider": User.objects.create_user("outsider@nowhere.example"),
            "viewer": cast.of(hanbit, Role.VIEWER),
            "editor": cast.of(hanbit, Role.EDITOR),
            "owner": owner,
            "agency": cast.of(cast.gulf),
            "operator": cast.operator,
        },
        "hanbit": hanbit.public_id,
        "listing": listing.public_id,
        "draft": _listing(cast, status=Status.DRAFT).public_id,
        "need": _listing(cast, status=Status.PUBLISHED, kind="need").public_id,
        "suggestion": TranslationSuggestion.objects.create(
            listing=listing, field="title", language="en", text="x", author=cast.of(cast.vietcare)
        ).public_id,
        "terms": save_term_set(name="x", scope=organisation(hanbit.pk)).public_id,
        "queued": _listing(cast, status=Status.IN_REVIEW).public_id,
        "waiting": waiting.public_id,
        "accepted": accepted.public_id,
        "conversation": (talk := Conversation.objects.create(interest=accepted)).public_id,
        "message": Message.objects.create(
            conversation=talk, organisation=hanbit, text="x", language="ko", submission_token=uuid4()
        ).public_id,
        "member": Membership.objects.get(organisation=hanbit, role=Role.VIEWER).public_id,
        "invitation": (
            invitation := Invitation.objects.create(
                organisation=hanbit,
                email="new@hanbit.example",
                invited_by=owner,
                expires_at=now + timedelta(9),
            )
        ).public_id,
        "token": token_of(invitation),
        "claim": Claim.objects.create(organisation=hanbit, title="ISO/IEC 27001", issuer="KAB").public_id,
        "saved": SavedSearch.objects.create(user=owner, name="x", query="x", language="ko").public_id,
        "notice": Notification.objects.create(
            user=owner, kind=NotificationKind.LISTING_PUBLISHED, params={"title": "x"}, path="/inbox/"
        ).public_id,
    }


def _listing(cast: Cast, **fields: Any) -> Listing:
    now = timezone.now()
    values: dict[str, Any] = {
        "author": cast.of(cast.hanbit),
        "kind": "offer",
        "pillar": "technology",
        "source_language": "ko",
        "title": "흉부 영상 판독",
        "summary": "흉부 엑스레이 영상을 읽어 의사를 돕습니다.",
        "submission_token": uuid4(),
        "submitted_at": now,
        "published_at": now,
        "expires_at": now + timedelta(days=100),
    }
    listing = Listing.objects.create(organisation=cast.hanbit, **values | fields)
    ListingVersion.objects.create(listing=listing, number=1, content={})
    return listing


def _interest(listing: Listing, organisation: Any, status: InterestStatus) -> Interest:
    return Interest.objects.create(
        listing=listing,
        organisation=organisation,
        author=Cast.of(organisation),
        purpose="Chúng tôi muốn thử nghiệm phần mềm này.",
        language="vi",
        status=status,
        expires_at=timezone.now() + timedelta(days=30),
    )


PURPOSE = "We would like to try this in our hospitals next quarter."
TOKEN = "11111111-1111-4111-8111-111111111111"
SUBMITTED = {"submission_token": TOKEN, "language": "en"}

_SUMMARY = {"public_id": "listing", "language": "en", "field": "summary"}

# (name, method, {argument: key of the world or literal}, data, letters)
ROWS: list[tuple[str, str, dict[str, str], dict[str, str], str]] = [
    ("landing", "get", {}, {}, "2222222"),
    ("about", "get", {}, {}, "2222222"),
    ("home", "get", {}, {}, "L>2222>"),
    ("set_language", "post", {}, {"language": "ko", "next": "/en/"}, ">>>>>>>"),
    ("health", "get", {}, {}, "4444442"),
    ("settings", "get", {}, {}, "L222222"),
    ("notifications", "get", {}, {}, "L222222"),
    ("notifications_read", "post", {}, {}, "L>>>>>>"),
    ("notification_open", "post", {"public_id": "notice"}, {}, "L444>44"),
    ("organisation_new", "get", {}, {}, "L222222"),
    ("organisation", "get", {"public_id": "hanbit"}, {}, "2222222"),
    ("organisation_edit", "get", {"public_id": "hanbit"}, {}, "L432244"),
    ("act_as", "post", {"public_id": "hanbit"}, {}, "L4>>>44"),
    ("organisation_suspend", "post", {"public_id": "hanbit"}, {"suspend": "1"}, "L44444>"),
    ("members", "get", {"public_id": "hanbit"}, {}, "L422244"),
    (
        "invite",
        "post",
        {"public_id": "hanbit"},
        {"email": "b@x.example", "role": "viewer", "language": "ko"},
        "L433>44",
    ),
    ("member_role", "post", {"public_id": "hanbit", "member_id": "member"}, {"role": "editor"}, "L433>44"),
    ("member_remove", "post", {"public_id": "hanbit", "member_id": "member"}, {}, "L4>3>44"),
    ("invitation_revoke", "post", {"public_id": "hanbit", "invitation_id": "invitation"}, {}, "L433>44"),
    ("invitation_accept", "get", {"token": "token"}, {}, "2222222"),
    ("claim_new", "get", {"public_id": "hanbit"}, {}, "L432244"),
    ("claim_withdraw", "post", {"public_id": "hanbit", "claim_id": "claim"}, {}, "L43>>44"),
    (
        "claim_check",
        "post",
        {"public_id": "hanbit", "claim_id": "claim"},
        {"state": "document_checked"},
        "L44444>",
    ),
    ("listing_new", "get", {}, {}, "L>3222>"),
    ("my_listings", "get", {}, {}, "L>2222>"),
    ("listing_quality", "post", {}, {"title": "x"}, "L222222"),
    ("listing", "get", {"public_id": "listing"}, {}, "2222222"),
    ("listing", "get", {"public_id": "draft"}, {}, "4422244"),
    ("listing", "get", {"public_id": "queued"}, {}, "4422242"),
    ("listing_edit", "get", {"public_id": "listing"}, {}, "L332233"),
    ("listing_edit", "get", {"public_id": "draft"}, {}, "L432244"),
    ("listing_history", "get", {"public_id": "listing"}, {}, "L322232"),
    ("listing_body", "post", {"public_id": "listing"}, {}, ">>>>>>>"),
    ("listing_body", "post", {"public_id": "draft"}, {}, "44>>>44"),
    ("listing_history", "get", {"public_id": "draft"}, {}, "L422244"),
    (
        "listing_translate",
        "post",
        {"public_id": "listing"},
        {"field": "title", "language": "en", "text": "X"},
        "L33>>33",
    ),
    ("listing_action", "post", {"public_id": "listing", "action": "hold"}, {}, "L33>>3>"),
    ("listing_action", "post", {"public_id": "draft", "action": "archive"}, {}, "L43>>44"),
    ("taxonomy", "get", {}, {}, "2222222"),
    ("taxonomy_suggest", "get", {}, {"q": "port"}, "2222222"),
    ("search", "get", {}, {"q": "x"}, "2222222"),
    ("saved_searches", "get", {}, {}, "L222222"),
    ("saved_search_new", "post", {}, {"name": "n", "q": "x"}, "L>>>>>>"),
    ("saved_search", "get", {"public_id": "saved"}, {}, "L444>44"),
    ("saved_search_delete", "post", {"public_id": "saved"}, {}, "L444>44"),
    ("suggestions", "get", {}, {}, "L>2222>"),
    ("shortlist", "get", {}, {}, "L>2222>"),
    ("listing_suggestions", "get", {"public_id": "listing"}, {}, "L422244"),
    ("consortium", "get", {"public_id": "need"}, {}, "L422244"),
    ("consortium", "get", {"public_id": "listing"}, {}, "L444444"),
    ("listing_suggestions", "get", {"public_id": "draft"}, {}, "L422244"),
    (
        "verdict",
        "post",
        {"public_id": "draft"},
        {"organisation": "@acting", "verdict": "shortlisted"},
        "L434444",
    ),
    (
        "verdict",
        "post",
        {"public_id": "listing"},
        {"organisation": "@acting", "verdict": "shortlisted"},
        "L43cc>4",
    ),
    ("inbox", "get", {}, {}, "L>2222>"),
    ("interest_new", "get", {"public_id": "listing"}, {}, "L>3332>"),
    ("interest_new", "post", {"public_id": "listing"}, {"purpose": PURPOSE, **SUBMITTED}, "L>333>>"),
    ("interest_new", "post", {"public_id": "draft"}, {"purpose": PURPOSE, **SUBMITTED}, "L>3334>"),
    ("interest", "get", {"public_id": "waiting"}, {}, "L422244"),
    ("interest_purpose", "get", {"public_id": "waiting"}, {}, "L4>>>44"),
    ("interest_decide", "post", {"public_id": "waiting"}, {"decision": "accept"}, "L43>>44"),
    ("interest_withdraw", "post", {"public_id": "waiting"}, {}, "L444444"),
    ("conversation", "get", {"public_id": "conversation"}, {}, "L422244"),
    ("message_new", "post", {"public_id": "conversation"}, {"text": "Hello", **SUBMITTED}, "L43>>44"),
    ("message", "get", {"public_id": "conversation", "message_id": "message"}, {}, "L4>>>44"),
    ("conversation_updates", "get", {"public_id": "conversation"}, {"after": ""}, "L422244"),
    ("matching_report", "get", {}, {}, "L444442"),
    ("matching_weights", "post", {}, {"set": "", "pin": "1"}, "L44444>"),
    ("listing_translations", "get", {"public_id": "listing"}, {}, "L332232"),
    ("listing_translations", "get", {"public_id": "draft"}, {}, "L432244"),
    ("xliff", "get", {"public_id": "listing", "language": "en"}, {}, "L332232"),
    ("translation", "get", _SUMMARY, {}, "2222222"),
    ("translation", "post", _SUMMARY, {"text": "It reads X-rays of the chest for doctors."}, "L>>>>>>"),
    ("translation_approve", "post", _SUMMARY, {"seen": "x"}, "L33cc3c"),
    ("workbench_edit", "get", _SUMMARY, {}, "L332232"),
    ("workbench_check", "post", _SUMMARY, {"n": "1", "t1": "x"}, "L332232"),
    ("workbench_hints", "get", _SUMMARY, {"n": "1"}, "L332232"),
    (
        "translation_suggestion",
        "post",
        {"suggestion_id": "suggestion"},
        {"decision": "decline"},
        "L44>>4>",
    ),
    ("workbench", "get", {}, {}, "L444442"),
    ("concordance", "get", {}, {"q": "words"}, "L222222"),
    ("translation_engines", "get", {}, {}, "L444442"),
    ("exchange", "get", {"scope": "public"}, {}, "L444442"),
    ("exchange", "get", {"scope": "organisation"}, {}, "L432224"),
    ("memory_export", "get", {"scope": "public"}, {}, "L444442"),
    ("memory_export", "get", {"scope": "organisation"}, {}, "L432224"),
    (
        "glossary_export",
        "get",
        {"scope": "organisation", "set_id": "terms", "ending": "csv"},
        {},
        "L432244",
    ),
    ("review_queue", "get", {}, {}, "L444442"),
    ("review_listing", "get", {"public_id": "queued"}, {}, "L444442"),
    ("review_listing", "post", {"public_id": "queued"}, {"decision": "publish", "version": "1"}, "L44444>"),
    ("review_listing", "get", {"public_id": "draft"}, {}, "L444444"),
]


def _acting(world: World, reader: str) -> str:
    return str(world["cast"].gulf.public_id if reader == "agency" else world["hanbit"])


def _letter(response: HttpResponse) -> str:
    if response.status_code == 302:
        return "L" if "/account/login/" in response["Location"] else ">"
    return _STATUS.get(response.status_code, str(response.status_code))


@pytest.mark.parametrize(
    ("name", "method", "arguments", "data", "letters"),
    ROWS,
    ids=[f"{row[0]}-{row[1]}-{'-'.join(row[2].values())}" for row in ROWS],
)
def test_access(
    name: str,
    method: str,
    arguments: dict[str, str],
    data: dict[str, str],
    letters: str,
    world: World,
    client_of: Callable[[User | None], Client],
) -> None:
    address = reverse(
        f"web:{name}", kwargs={key: world.get(value, value) for key, value in arguments.items()}
    )
    seen = ""
    for reader, user in world["readers"].items():
        cache.clear()  # one reader's use must not count against the next one's limit
        filled = {key: _acting(world, reader) if value == "@acting" else value for key, value in data.items()}
        with transaction.atomic():
            seen += _letter(getattr(client_of(user), method)(address, filled))
            transaction.set_rollback(True)
    assert seen == letters, dict(zip(READERS, seen, strict=True))


def _names(patterns: list[URLPattern | URLResolver]) -> set[str]:
    found = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= _names(pattern.url_patterns) if pattern.namespace != "admin" else set()
        elif pattern.name:
            found.add(pattern.name)
    return found


def test_no_address_is_left_out() -> None:
    site = next(one for one in get_resolver().url_patterns if isinstance(one.pattern, LocalePrefixPattern))
    pages = next(one for one in site.url_patterns if getattr(one, "namespace", None) == "web")
    assert {row[0] for row in ROWS} == _names(pages.url_patterns)


def test_the_administration_is_for_operators(
    world: World, client_of: Callable[[User | None], Client]
) -> None:
    superuser = User.objects.create_superuser("root@mawsim.example")
    for reader, user in world["readers"].items():
        assert client_of(user).get("/admin/listings/listing/").status_code == (
            403 if reader == "operator" else 302
        )
    assert client_of(superuser).get("/admin/listings/listing/").status_code == 200
