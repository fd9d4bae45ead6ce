"""Suggestions: the other side of a need or an offer, with reasons, evidence and a fair list."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from mawsim.accounts.models import Organisation
from mawsim.core.errors import NotVisible
from mawsim.listings.models import Kind, Listing, Status
from mawsim.matches.models import Feedback, Load, Verdict
from mawsim.matches.queries import Suggestion, suggestions_for_listing, suggestions_for_organisation
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]


def for_listing(cast: Cast, listing: Listing, **options: Any) -> list[Suggestion]:
    return suggestions_for_listing(user=cast.of(listing.organisation), listing=listing, **options)


def for_organisation(cast: Cast, organisation: Organisation, **options: Any) -> list[Suggestion]:
    return suggestions_for_organisation(user=cast.of(organisation), organisation=organisation, **options)


@pytest.fixture
def offer(cast: Cast) -> Listing:
    return publish(
        cast.hanbit, "팜 농장 병든 드론", sectors=["plantation"], stage=8, target_countries=["VN"],
        technologies=["drone-inspection"], partnership_types=["pilot"],
    )  # fmt: skip


@pytest.fixture
def need(cast: Cast) -> Listing:
    return publish(
        cast.vietcare, "bệnh sawit kebun bay", kind=Kind.NEED, sectors=["plantation", "agriculture"], stage=6,
        technologies=["satellite-imagery"], target_countries=["KR"],
    )  # fmt: skip


def test_the_other_kind_of_others_with_reasons_and_sentences(
    cast: Cast, offer: Listing, need: Listing
) -> None:
    publish(cast.zayed, "نخيل درون", kind=Kind.OFFER)  # an offer is no answer to an offer
    index()
    (found,) = for_listing(cast, offer, language="en")
    assert (found.card.listing, found.own.listing) == (need, offer)
    assert 0.5 < found.score <= 1
    states = {reason.code: reason.state for reason in found.reasons}
    assert states == {
        "TEXT_SIMILAR": "match",
        "PILLAR_SAME": "match",
        "SECTOR_SHARED": "match",
        "MARKET_WANTED": "match",
        "ORIGIN_WANTED": "match",
        "STAGE_READY": "match",
        "TECHNOLOGY_DIFFERENT": "gap",
        "PARTNERSHIP_UNKNOWN": "unknown",
        "TICKET_UNKNOWN": "unknown",
    }
    assert [reason.state for reason in found.reasons] == ["match"] * 6 + ["gap"] + ["unknown"] * 2
    (pair,) = found.evidence
    assert (pair.own.text, pair.own.language) == ("팜 농장 병든 드론", "ko")
    assert (pair.theirs.text, pair.theirs.language) == ("bệnh sawit kebun bay", "vi")


def test_reasons_are_sentences_with_labels_in_the_readers_language(
    cast: Cast, offer: Listing, need: Listing
) -> None:
    index()
    with translation.override("en"):
        english = {reason.code: reason.sentence for reason in for_listing(cast, offer)[0].reasons}
    assert english["SECTOR_SHARED"] == "Same sector: Palm oil and plantations"
    assert english["MARKET_WANTED"] == "The offer is meant for the country of the need: Vietnam"
    assert english["STAGE_READY"] == "Mature enough: TRL 8 offered, TRL 6 needed"
    korean = {reason.code: reason for reason in for_listing(cast, offer, language="ko")[0].reasons}
    assert korean["MARKET_WANTED"].params["shared"] == "베트남"


def test_a_need_is_answered_by_offers(cast: Cast, offer: Listing, need: Listing) -> None:
    index()
    assert [found.card.listing for found in for_listing(cast, need)] == [offer]


def test_a_draft_gets_suggestions_and_is_not_suggested(cast: Cast, need: Listing) -> None:
    draft = publish(cast.hanbit, "팜 농장 병든 드론", status=Status.DRAFT)
    index()
    assert [found.card.listing for found in for_listing(cast, draft)] == [need]
    assert for_listing(cast, need) == []


@pytest.mark.parametrize("how", ["dismissed", "closed", "on_hold", "suspended", "own"])
def test_what_is_never_suggested(cast: Cast, offer: Listing, need: Listing, how: str) -> None:
    if how == "dismissed":
        Feedback.objects.create(organisation=cast.hanbit, listing=need, verdict=Verdict.DISMISSED)
    elif how == "closed":
        Listing.objects.filter(pk=need.pk).update(open_for_interest=False)
    elif how == "own":
        Listing.objects.filter(pk=need.pk).update(organisation=cast.hanbit)
    index()
    if how == "on_hold":
        Listing.objects.filter(pk=need.pk).update(status=Status.ON_HOLD)
    elif how == "suspended":
        Organisation.objects.filter(pk=cast.vietcare.pk).update(is_active=False)
    assert for_listing(cast, offer) == []
    assert for_organisation(cast, cast.hanbit) == []


def test_shortlisted_ones_say_so(cast: Cast, offer: Listing, need: Listing) -> None:
    Feedback.objects.create(organisation=cast.hanbit, listing=need, verdict=Verdict.SHORTLISTED)
    index()
    assert for_listing(cast, offer)[0].verdict == "shortlisted"


def test_only_members_are_told(cast: Cast, offer: Listing) -> None:
    index()
    for stranger in (cast.of(cast.vietcare), cast.operator):
        with pytest.raises(NotVisible):
            suggestions_for_listing(user=stranger, listing=offer)
        with pytest.raises(NotVisible):
            suggestions_for_organisation(user=stranger, organisation=cast.hanbit)


def test_what_is_far_off_is_not_suggested(cast: Cast, offer: Listing) -> None:
    publish(cast.zayed, "صندوق استثمار", kind=Kind.NEED, pillar="capital", sectors=["finance"])
    index()
    assert for_listing(cast, offer) == []


def test_who_gives_and_takes_comes_before_who_only_takes(cast: Cast, offer: Listing) -> None:
    publish(cast.hanbit, "투자 펀드", kind=Kind.NEED, pillar="capital")
    publish(cast.vietcare, "sawit kebun bay bệnh", kind=Kind.NEED, sectors=["plantation"])  # a little better
    publish(cast.zayed, "نخيل مزرعة درون", kind=Kind.NEED)
    publish(cast.zayed, "صندوق استثمار", pillar="capital")
    index()
    found = for_organisation(cast, cast.hanbit, language="en")
    assert [one.card.listing.organisation.country for one in found] == ["AE", "AE", "VN"]
    both = [one.reasons[0] for one in found[:2]]
    assert [(reason.code, reason.state) for reason in both] == [("MUTUAL", "match")] * 2
    # That only one side gains is said at the end, and is no gap.
    codes = [reason.code for one in found for reason in one.reasons]
    assert (codes.count("MUTUAL"), codes.count("ONE_SIDED")) == (2, 1)
    states = [reason.state for reason in found[2].reasons]
    assert states[0] == "match"
    assert (found[2].reasons[-1].code, states[-1]) == ("ONE_SIDED", "remark")
    assert states.count("remark") == 1


def test_at_most_two_of_one_organisation(cast: Cast, offer: Listing) -> None:
    for number in range(4):
        publish(cast.vietcare, f"sawit kebun bay {number}", kind=Kind.NEED)
    publish(cast.zayed, "نخيل مزرعة", kind=Kind.NEED)
    index()
    for found in (for_listing(cast, offer), for_organisation(cast, cast.hanbit)):
        owners = [one.card.listing.organisation_id for one in found]
        assert sorted(owners) == sorted([cast.vietcare.pk, cast.vietcare.pk, cast.zayed.pk])


@pytest.mark.parametrize(
    ("currency", "largest", "code", "sentence"),
    [
        ("USD", 50, "TICKET_TOO_SMALL", "The sum offered is too small."),
        ("USD", 100, "TICKET_FITS", "The sums fit together."),
        # 400 dirhams are about 109 dollars, 350 about 95: near enough for rates that are some months old.
        ("AED", 400, "TICKET_FITS", "The sums fit together, roughly, at exchange rates of Apr 13, 2026."),
        ("AED", 350, "TICKET_FITS", "The sums fit together, roughly, at exchange rates of Apr 13, 2026."),
        ("AED", 200, "TICKET_TOO_SMALL", "The sum offered is too small, at exchange rates of Apr 13, 2026."),
        ("MMK", 10**9, "TICKET_UNKNOWN", "The sums cannot be compared."),
    ],
)
def test_sums_are_compared_across_currencies(
    cast: Cast, currency: str, largest: int, code: str, sentence: str
) -> None:
    details = {"ticket_min": 100, "currency": "USD"}
    ours = publish(cast.hanbit, "투자 펀드", kind=Kind.NEED, pillar="capital", details=details)
    given = {"ticket_max": largest, "currency": currency}
    publish(cast.zayed, "صندوق استثمار", pillar="capital", details=given)
    index()
    reasons = {reason.code: reason for reason in for_listing(cast, ours, language="en")[0].reasons}
    assert reasons[code].sentence == sentence
    assert len([name for name in reasons if name.startswith("TICKET")]) == 1


def test_sums_without_a_rate_are_compared_in_their_own_currency(cast: Cast) -> None:
    details = {"ticket_min": 100, "currency": "MMK"}
    ours = publish(cast.hanbit, "투자 펀드", kind=Kind.NEED, pillar="capital", details=details)
    given = {"ticket_max": 99, "currency": "MMK"}
    publish(cast.zayed, "صندوق استثمار", pillar="capital", details=given)
    index()
    assert "TICKET_TOO_SMALL" in [reason.code for reason in for_listing(cast, ours)[0].reasons]


def test_the_two_strongest_reasons(cast: Cast, offer: Listing, need: Listing) -> None:
    index()
    (found,) = for_listing(cast, offer)
    assert [reason.code for reason in found.strongest] == ["TEXT_SIMILAR", "PILLAR_SAME"]
    publish(cast.hanbit, "투자 펀드", kind=Kind.NEED, pillar="capital")
    publish(cast.vietcare, "quỹ đầu dana invest", pillar="capital")
    index()
    both = for_organisation(cast, cast.hanbit)
    assert [one.strongest[0].code for one in both] == ["MUTUAL", "MUTUAL"]


def test_nobody_under_sanctions_is_suggested(cast: Cast, offer: Listing, need: Listing) -> None:
    index()
    for flag, shown in (("sensitive", [need]), ("sanctioned", [])):
        Organisation.objects.filter(pk=cast.vietcare.pk).update(flag=flag)
        assert [one.card.listing for one in for_listing(cast, offer)] == shown


def test_who_drowns_in_interests_is_shown_less(cast: Cast, offer: Listing, need: Listing) -> None:
    publish(cast.zayed, "نخيل مزرعة درون", kind=Kind.NEED, sectors=["plantation"])
    index()
    first, second = (one.card.listing.organisation for one in for_listing(cast, offer))
    Load.objects.create(organisation=first, open_interests=20)
    assert [one.card.listing.organisation for one in for_listing(cast, offer)] == [second, first]


def test_newcomers_have_a_place_among_five(cast: Cast, offer: Listing) -> None:
    for number in range(5):
        old = Organisation.objects.create(kind="partner", name=f"P{number}", country="VN", language="vi")
        publish(old, "sawit kebun bay bệnh", kind=Kind.NEED, sectors=["plantation"])
    Organisation.objects.update(created_at=timezone.now() - timedelta(days=61))
    late = publish(cast.zayed, "نخيل مزرعة درون", kind=Kind.NEED)
    index()
    assert late not in [one.card.listing for one in for_listing(cast, offer)]
    Organisation.objects.filter(pk=cast.zayed.pk).update(created_at=timezone.now() - timedelta(days=59))
    shown = [one.card.listing for one in for_listing(cast, offer)]
    assert (len(shown), shown[-1]) == (5, late)


def test_before_anything_is_indexed_there_is_nothing(cast: Cast, offer: Listing) -> None:
    assert for_listing(cast, offer) == []
    assert for_organisation(cast, cast.vietcare) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(cast: Cast, offer: Listing, count: int) -> None:
    buyers = [cast.vietcare, cast.zayed, cast.gulf][:count]
    for buyer in buyers:
        publish(buyer, "sawit kebun drone", kind=Kind.NEED)
    index()
    user = cast.of(cast.hanbit)
    suggestions_for_listing(user=user, listing=offer)
    with CaptureQueriesContext(connection) as caught:
        assert len(suggestions_for_listing(user=user, listing=offer)) == count
    assert len(caught) == 15, "\n".join(row["sql"][:120] for row in caught.captured_queries)
    with CaptureQueriesContext(connection) as caught:
        assert len(suggestions_for_organisation(user=user, organisation=cast.hanbit)) == count
    assert len(caught) == 16, "\n".join(row["sql"][:120] for row in caught.captured_queries)


def test_anonymous_readers_are_told_nothing(cast: Cast, offer: Listing) -> None:
    with pytest.raises(NotVisible):
        suggestions_for_listing(user=AnonymousUser(), listing=offer)
