# ruff: noqa: F401, F811  (fixtures are imported by name)
"""The pages of interests, as the two sides and others get them."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import resolve, reverse

from mawsim.accounts.models import Membership, Role
from mawsim.deals.models import Conversation, Interest, InterestStatus
from mawsim.listings.models import Listing, Status
from mawsim.translation.actions import Unit, remember
from mawsim.translation.models import State
from tests.conftest import Cast
from tests.mawsim.deals.fixtures import conversation, interest, listing, make_listing
from tests.mawsim.deals.steps import PURPOSE, express, new_listing, post

ClientOf = Callable[..., Client]
QUERIES_OF_INBOX = 11  # with the frame of the page


def page(name: str, public_id: str = "", language: str = "en") -> str:
    path = reverse(f"web:{name}", args=[public_id] if public_id else [])
    return f"/{language}/" + path.split("/", 2)[2]


def form(**fields: str) -> dict[str, str]:
    return {"purpose": PURPOSE, "language": "vi", "submission_token": str(uuid4())} | fields


def test_addresses_of_notices_are_these_pages(cast: Cast, conversation: Conversation) -> None:
    for row, name in ((conversation, "conversation"), (conversation.interest, "interest")):
        assert resolve("/en" + row.path).view_name == f"web:{name}"


def test_interest_is_expressed_in_the_reader_s_language(
    cast: Cast, listing: Listing, client_of: ClientOf
) -> None:
    client = client_of(cast.of(cast.vietcare, Role.EDITOR))
    shown = client.get(page("interest_new", listing.public_id, "vi"))
    assert shown.status_code == 200
    assert shown.context["form"]["language"].value() == "vi"
    token = shown.context["form"].fresh_token
    assert f'name="submission_token" value="{token}"' in shown.content.decode()
    for _ in range(2):  # a double click
        sent = client.post(page("interest_new", listing.public_id), form(submission_token=token))
        stored = Interest.objects.get()
        assert (sent.status_code, sent.url) == (302, page("interest", stored.public_id))
    assert (stored.purpose, stored.language, stored.organisation) == (PURPOSE, "vi", cast.vietcare)


@pytest.mark.parametrize(
    ("fields", "name", "error"),
    [
        ({"purpose": "Quá ngắn"}, "purpose", "Write at least 30 characters"),
        ({"purpose": "   "}, "purpose", "This field is required."),
        ({"purpose": "ă" * 1501}, "purpose", "This is 1 character too long; at most 1,500 are possible."),
        ({"purpose": PURPOSE + "\u202e"}, "purpose", "characters that cannot be seen"),
        ({"language": "xx"}, "language", "Select a valid choice"),
        ({"language": "ar"}, "language", "This text does not look like Arabic"),
        ({"submission_token": "nonsense"}, "submission_token", "This page was out of date"),
    ],
)
def test_refused_interest_loses_nothing(
    cast: Cast, listing: Listing, client_of: ClientOf, fields: dict[str, str], name: str, error: str
) -> None:
    client = client_of(cast.of(cast.vietcare, Role.EDITOR))
    answer = client.post(page("interest_new", listing.public_id), form(**fields))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]
    assert error in answer.content.decode()
    assert answer.context["form"]["purpose"].value() == form(**fields)["purpose"]
    assert not Interest.objects.exists()


@pytest.mark.parametrize("text", ["<script>alert('x')</script> & “quoted” \" text, long enough", PURPOSE])
def test_markup_is_shown_as_text(cast: Cast, listing: Listing, client_of: ClientOf, text: str) -> None:
    found = express(cast, listing, purpose=text, language="en")
    body = client_of(cast.of(cast.hanbit)).get(page("interest", found.public_id)).content.decode()
    assert "<script>alert" not in body
    assert (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#x27;")
        in body
    )


def test_second_interest_is_a_conflict_that_keeps_the_text(
    cast: Cast, interest: Interest, client_of: ClientOf
) -> None:
    client = client_of(cast.of(cast.vietcare))
    shown = client.get(page("interest_new", interest.listing.public_id))
    assert (shown.status_code, shown.url) == (302, page("interest", interest.public_id))
    answer = client.post(page("interest_new", interest.listing.public_id), form(purpose=PURPOSE + " Mới."))
    assert answer.status_code == 409
    assert "has expressed interest in this listing already" in answer.content.decode()
    assert PURPOSE + " Mới." in answer.content.decode()
    assert Interest.objects.count() == 1


def test_listing_closed_or_hidden_before_the_form_is_sent(
    cast: Cast, listing: Listing, client_of: ClientOf
) -> None:
    client = client_of(cast.of(cast.vietcare))
    Listing.objects.update(open_for_interest=False)
    answer = client.post(page("interest_new", listing.public_id), form())
    assert answer.status_code == 409
    assert PURPOSE in answer.content.decode()
    Listing.objects.update(status=Status.ON_HOLD)
    assert client.post(page("interest_new", listing.public_id), form()).status_code == 404
    assert not Interest.objects.exists()


def test_interest_is_rate_limited_and_the_text_stays(
    cast: Cast, listing: Listing, client_of: ClientOf
) -> None:
    client = client_of(cast.of(cast.vietcare))
    for _ in range(10):
        assert client.post(page("interest_new", listing.public_id), form(purpose="")).status_code == 422
    answer = client.post(page("interest_new", listing.public_id), form())
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert PURPOSE in answer.content.decode()
    assert not Interest.objects.exists()


def test_who_reaches_the_form(cast: Cast, listing: Listing, client_of: ClientOf, django_user_model) -> None:
    address = page("interest_new", listing.public_id)
    newcomer = django_user_model.objects.create_user("new@nowhere.example")
    expected = [
        (None, 302),
        (newcomer, 302),  # to found an organisation first
        (cast.of(cast.vietcare, Role.VIEWER), 403),
        (cast.of(cast.vietcare, Role.EDITOR), 200),
        (cast.of(cast.gulf, Role.OWNER), 200),  # agencies are ordinary organisations
        (cast.of(cast.hanbit, Role.OWNER), 403),  # its own listing
    ]
    assert [client_of(user).get(address).status_code for user, _ in expected] == [
        status for _, status in expected
    ]
    Listing.objects.update(status=Status.DRAFT)
    assert client_of(cast.of(cast.vietcare)).get(address).status_code == 404
    assert client_of(cast.of(cast.vietcare)).get(page("interest_new", "nonsense")).status_code == 404


ROLES = [
    ("anonymous", None),
    ("outsider", ("zayed", Role.OWNER)),
    ("other agency", ("gulf", Role.OWNER)),
    ("operator", "operator"),
    ("sender's viewer", ("vietcare", Role.VIEWER)),
    ("sender's editor", ("vietcare", Role.EDITOR)),
    ("receiver's viewer", ("hanbit", Role.VIEWER)),
    ("receiver's editor", ("hanbit", Role.EDITOR)),
]


def statuses(
    cast: Cast, client_of: ClientOf, method: str, address: str, data: dict | None = None
) -> list[int]:
    found = []
    for _name, who in ROLES:
        user = cast.operator if who == "operator" else who and cast.of(getattr(cast, who[0]), who[1])
        found.append(getattr(client_of(user), method)(address, data or {}).status_code)
    return found


def test_who_gets_which_page(cast: Cast, interest: Interest, client_of: ClientOf) -> None:
    own = page("interest", interest.public_id)
    assert statuses(cast, client_of, "get", own) == [302, 404, 404, 404, 200, 200, 200, 200]
    # "maybe" is no answer: whoever may decide is told so, and nothing changes
    decide = page("interest_decide", interest.public_id)
    assert statuses(cast, client_of, "post", decide, {"decision": "decline", "reason": "rude"}) == [
        302, 404, 404, 404, 404, 404, 403, 422
    ]  # fmt: skip
    assert statuses(cast, client_of, "get", decide)[4:] == [405] * 4
    withdraw = page("interest_withdraw", interest.public_id)
    assert statuses(cast, client_of, "post", withdraw) == [302, 404, 404, 404, 403, 302, 404, 404]


def test_decision_is_made_once(cast: Cast, interest: Interest, client_of: ClientOf) -> None:
    address = page("interest_decide", interest.public_id)
    owner, editor = client_of(cast.of(cast.hanbit)), client_of(cast.of(cast.hanbit, Role.EDITOR))
    accepted = owner.post(address, {"decision": "accept"})
    opened = Conversation.objects.get()
    assert (accepted.status_code, accepted.url) == (302, page("conversation", opened.public_id))
    for data in ({"decision": "accept"}, {"decision": "decline", "reason": "budget"}):
        late = editor.post(address, data)
        assert late.status_code == 409
        assert "This interest has been accepted meanwhile." in late.content.decode()
    assert editor.post(address, {"decision": "maybe"}).status_code == 400
    interest.refresh_from_db()
    assert (interest.status, interest.decline_reason) == (InterestStatus.ACCEPTED, "")


def test_refused_decline_loses_nothing(cast: Cast, interest: Interest, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit))
    address = page("interest_decide", interest.public_id)
    answer = client.post(address, {"decision": "decline", "reason": "", "note": "죄송합니다"})
    assert answer.status_code == 422
    assert "죄송합니다" in answer.content.decode()
    client.post(address, {"decision": "decline", "reason": "budget", "note": "죄송합니다"})
    sender = client_of(cast.of(cast.vietcare)).get(page("interest", interest.public_id)).content.decode()
    assert "Budget does not fit" in sender
    assert "죄송합니다" in sender


def test_the_listing_leads_to_the_interest_that_was_sent(
    cast: Cast, interest: Interest, client_of: ClientOf
) -> None:
    listing = page("listing", interest.listing.public_id)
    sent = f'href="{page("interest", interest.public_id)}">Your interest</a>'
    new = f'href="{page("interest_new", interest.listing.public_id)}">Express interest</a>'
    readers = [cast.of(cast.vietcare), cast.of(cast.gulf), cast.of(cast.hanbit), None]

    def offered() -> list[tuple[bool, bool]]:
        bodies = [client_of(reader).get(listing).content.decode() for reader in readers]
        return [(sent in body, new in body) for body in bodies]

    assert offered() == [(True, False), (False, True), (False, False), (False, True)]
    client_of(cast.of(cast.vietcare)).post(page("interest_withdraw", interest.public_id))
    assert offered() == [(False, True), (False, True), (False, False), (False, True)]


def test_withdraw(cast: Cast, interest: Interest, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.vietcare, Role.EDITOR))
    assert client.post(page("interest_withdraw", interest.public_id)).status_code == 302
    again = client.post(page("interest_withdraw", interest.public_id))
    assert again.status_code == 409
    assert "withdrawn meanwhile" in again.content.decode()


def test_both_sides_see_listing_purpose_and_profile(
    cast: Cast, interest: Interest, client_of: ClientOf
) -> None:
    remember([Unit(PURPOSE, "하노이의 병원 세 곳에서 시험하고 싶습니다.", "vi", "ko", State.REVIEWED)])
    for organisation, other in ((cast.hanbit, cast.vietcare), (cast.vietcare, cast.hanbit)):
        body = client_of(cast.of(organisation, Role.VIEWER)).get(
            page("interest", interest.public_id, "ko")
        ).content.decode()  # fmt: skip
        assert page("listing", interest.listing.public_id, "ko") in body
        assert page("organisation", other.public_id, "ko") in body
        assert (
            '<p class="written" lang="ko" dir="auto">하노이의 병원 세 곳에서 시험하고 싶습니다.</p>' in body
        )
        assert f'<p class="written" lang="vi" dir="auto">{PURPOSE}</p>' in body  # the original stays
        assert "@" not in body.split("<main")[1]  # addresses of people are nobody's business


def test_suspended_organisation_shows_nothing_but_its_name(
    cast: Cast, conversation: Conversation, client_of: ClientOf
) -> None:
    cast.vietcare.is_active = False
    cast.vietcare.about = "Bí mật"
    cast.vietcare.save()
    client = client_of(cast.of(cast.hanbit))
    for address in (
        page("interest", conversation.interest.public_id),
        page("conversation", conversation.public_id),
    ):
        body = client.get(address).content.decode()
        assert "This organisation is suspended at the moment." in body
        assert "Bí mật" not in body
        assert page("organisation", cast.vietcare.public_id) not in body


def test_hidden_listing_shows_its_first_title(cast: Cast, interest: Interest, client_of: ClientOf) -> None:
    Listing.objects.update(status=Status.DRAFT, title="아직 비밀인 새 제목")
    client = client_of(cast.of(cast.vietcare))
    for address in (page("interest", interest.public_id), page("inbox") + "?box=sent"):
        body = client.get(address).content.decode()
        assert "흉부 CT 판독 보조 인공지능" in body
        assert "아직 비밀인 새 제목" not in body


def test_inbox_tabs_filters_and_marks(cast: Cast, interest: Interest, client_of: ClientOf) -> None:
    client = client_of(cast.of(cast.hanbit))

    def listed(query: str = "") -> list[tuple[str, bool]]:
        entries = client.get(page("inbox") + query).context["entries"]
        return [(entry.interest.public_id, entry.unread) for entry in entries]

    assert listed() == [(interest.public_id, True)]
    assert listed("?box=sent") == []
    assert listed("?status=declined") == []
    assert listed("?status=pending&page=9") == [(interest.public_id, True)]
    assert listed("?box=nonsense&status=nonsense") == [(interest.public_id, True)]
    client.get(page("interest", interest.public_id))
    assert listed() == [(interest.public_id, False)]


def test_inbox_is_the_acting_organisation_s(cast: Cast, interest: Interest, client_of: ClientOf) -> None:
    user = cast.of(cast.zayed)
    Membership.objects.create(user=user, organisation=cast.hanbit, role=Role.VIEWER)
    client = client_of(user)
    assert client.get(page("inbox")).context["entries"] == []
    client.post(page("act_as", cast.hanbit.public_id))
    assert [row.interest for row in client.get(page("inbox")).context["entries"]] == [interest]


@pytest.mark.parametrize("language", ["ko", "ar", "th", "km", "zh-hans"])
def test_pages_in_other_languages(
    cast: Cast, conversation: Conversation, client_of: ClientOf, language: str
) -> None:
    post(cast, conversation, cast.vietcare, "Xin chào", "vi")
    client = client_of(cast.of(cast.hanbit))
    for address in (
        page("inbox", "", language),
        page("interest", conversation.interest.public_id, language),
        page("conversation", conversation.public_id, language),
    ):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_of_the_inbox(
    cast: Cast, client_of: ClientOf, count: int, django_assert_num_queries
) -> None:
    for _ in range(count):
        express(cast, new_listing(cast.hanbit))
    client = client_of(cast.of(cast.hanbit))
    client.get(page("inbox"))
    with django_assert_num_queries(QUERIES_OF_INBOX):
        assert len(client.get(page("inbox")).context["entries"]) == count
