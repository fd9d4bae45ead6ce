"""What people said to what they were shown: kept for learning, for consortia and for pacing.

Deals tell us of answers to interests and of how many wait; verdicts on suggestions come from here. Words of
a refusal never come this far, only its code.
"""

from django.db import transaction

from mawsim.accounts.models import Organisation
from mawsim.listings.models import Listing
from mawsim.matches.models import Decision, Load, Source
from mawsim.matches.pairs import verdicts_between

DISMISSED = "dismissed"  # the reason of a refusal that gave none


def record_answer(
    *, decider: Organisation, other: Organisation, listing: Listing, reason: str, reference: int
) -> None:
    """`decider`, whose `listing` it is, said yes (no reason) or no to the interest of `other`.

    `reference` is the interest's number: an answer that is told twice is kept once.
    """
    _record(Source.INTEREST, reference, decider, other, listing, reason, seeker=other)


def record_verdict(*, decider: Organisation, listing: Listing, dismissed: bool, reference: int) -> None:
    """`decider` has shortlisted or dismissed another organisation's listing (`reference`: the feedback)."""
    reason = DISMISSED if dismissed else ""
    _record(Source.VERDICT, reference, decider, listing.organisation, listing, reason, seeker=decider)


def forget_verdict(*, reference: int) -> None:
    """It was taken back."""
    Decision.objects.filter(source=Source.VERDICT, reference=reference).delete()


def record_load(*, organisation: Organisation, open_interests: int) -> None:
    """How many interests wait for the organisation's answer."""
    Load.objects.update_or_create(
        organisation=organisation, defaults={"open_interests": max(0, open_interests)}
    )


@transaction.atomic
def _record(
    source: Source,
    reference: int,
    decider: Organisation,
    other: Organisation,
    listing: Listing,
    reason: str,
    *,
    seeker: Organisation,
) -> None:
    Decision.objects.update_or_create(
        source=source,
        reference=reference,
        defaults={
            "decider": decider,
            "other": other,
            "listing": listing,
            "reason": reason,
            # As it was then: both sides may change what they write.
            "verdicts": verdicts_between(seeker, listing),
        },
    )
