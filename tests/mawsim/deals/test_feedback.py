"""What deals tell the engine: answers with their reason, and how many interests wait."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from mawsim.accounts.models import Organisation, Role
from mawsim.deals import actions
from mawsim.deals.models import DeclineReason, Interest
from mawsim.listings.models import Kind, Listing
from mawsim.matches import judging
from mawsim.matches.models import Decision, Load
from tests.conftest import Cast
from tests.mawsim.deals.steps import express, new_listing

pytestmark = pytest.mark.django_db


def load(organisation: Organisation) -> int:
    return Load.objects.get(organisation=organisation).open_interests


def test_a_refusal_teaches_its_reason_but_not_its_note(cast: Cast, interest: Interest) -> None:
    new_listing(cast.vietcare, kind=Kind.NEED)
    editor = cast.of(cast.hanbit, Role.EDITOR)
    actions.decline(actor=editor, interest=interest, reason="wrong_stage", note="Kaufen Sie woanders.")
    made = Decision.objects.get()
    assert (made.decider, made.other, made.listing) == (cast.hanbit, cast.vietcare, interest.listing)
    assert (made.source, made.reference, made.reason) == ("interest", interest.pk, "wrong_stage")
    assert made.verdicts["pillar"] == "match"
    assert "woanders" not in str(vars(made))


def test_a_yes_has_no_reason(cast: Cast, interest: Interest) -> None:
    actions.accept(actor=cast.of(cast.hanbit, Role.EDITOR), interest=interest)
    assert Decision.objects.get().reason == ""


def test_withdrawing_says_nothing(cast: Cast, interest: Interest) -> None:
    actions.withdraw(actor=cast.of(cast.vietcare, Role.EDITOR), interest=interest)
    assert not Decision.objects.exists()


def test_every_reason_is_either_about_the_fit_or_known_not_to_be() -> None:
    elsewhere = {"no_capacity", "already_partnered", "compliance", "need_more_information", "other"}
    assert set(DeclineReason.values) == (set(judging.ABOUT) - {"dismissed"}) | elsewhere


def test_the_load_follows_what_waits(
    cast: Cast, listing: Listing, interest: Interest, make_listing: Callable[..., Listing]
) -> None:
    assert load(cast.hanbit) == 1
    second = express(cast, make_listing(cast.hanbit))
    third = express(cast, listing, cast.zayed)
    assert load(cast.hanbit) == 3
    editor = cast.of(cast.hanbit, Role.EDITOR)
    actions.decline(actor=editor, interest=second, reason="other")
    assert load(cast.hanbit) == 2
    actions.withdraw(actor=cast.of(cast.vietcare, Role.EDITOR), interest=interest)
    assert load(cast.hanbit) == 1
    Interest.objects.filter(pk=third.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    actions.expire_interests()
    assert load(cast.hanbit) == 0
