"""Named reads of listings. Whatever shows a listing starts from `public` or `visible_to`."""

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from mawsim.accounts.models import Membership, Organisation, User
from mawsim.accounts.rules import Reader, is_operator
from mawsim.listings.bodies import BodyState, body_state
from mawsim.listings.lifecycle import NOTICE_DAYS
from mawsim.listings.models import Listing, ListingVersion, Status
from mawsim.listings.texts import ListingCard, ShownText, cards, shown_texts, texts_in

__all__ = [
    "BodyState",
    "ListingCard",
    "ShownText",
    "body_state",
    "cards",
    "current_version",
    "due_for_notice",
    "due_to_expire",
    "of_organisation",
    "public",
    "review_queue",
    "shown_texts",
    "status_counts",
    "texts_in",
    "versions",
    "visible_to",
]


def public() -> QuerySet[Listing]:
    """What anybody may read: published, not yet expired, of an organisation that is not suspended."""
    return Listing.objects.filter(_public())


def visible_to(user: Reader) -> QuerySet[Listing]:
    """The public ones, those of the user's organisations and, for operators, all but drafts."""
    if not user.is_authenticated:
        return public()
    own = Q(
        organisation__is_active=True,
        organisation_id__in=Membership.objects.filter(user=user).values("organisation_id"),
    )
    if is_operator(user):
        return Listing.objects.filter(~Q(status=Status.DRAFT) | own)
    return Listing.objects.filter(_public() | own)


def of_organisation(user: Reader, organisation: Organisation) -> QuerySet[Listing]:
    """The organisation's listings as this user may see them, newest first."""
    return visible_to(user).filter(organisation=organisation).order_by("-updated_at", "-pk")


def status_counts(listings: QuerySet[Listing]) -> dict[str, int]:
    """{status: how many}; statuses without any are left out."""
    rows = listings.order_by().values_list("status").annotate(number=Count("pk"))
    return dict(rows)


def review_queue(operator: User) -> QuerySet[Listing]:
    """What waits for this operator: submitted listings, then edits of published ones; oldest first."""
    waiting = Q(status=Status.IN_REVIEW) | Q(status=Status.PUBLISHED, recheck_since__isnull=False)
    return (
        Listing.objects.filter(waiting, organisation__is_active=True)
        .exclude(organisation_id__in=Membership.objects.filter(user=operator).values("organisation_id"))
        .select_related("organisation", "author")
        .order_by("status", "submitted_at", "recheck_since", "pk")
    )


def versions(listing: Listing) -> QuerySet[ListingVersion]:
    """The history, newest first."""
    return listing.versions.select_related("author").order_by("-number")


def current_version(listing: Listing) -> int:
    """The number of the newest version: what a form has seen, and what must not have changed since."""
    return listing.versions.order_by("-number").values_list("number", flat=True).first() or 0


def due_to_expire(now: datetime) -> QuerySet[Listing]:
    return Listing.objects.filter(status__in=[Status.PUBLISHED, Status.ON_HOLD], expires_at__lte=now)


def due_for_notice(now: datetime) -> QuerySet[Listing]:
    """Published ones that end within the notice period and whose editors have not been told."""
    return Listing.objects.filter(
        status=Status.PUBLISHED,
        expires_at__gt=now,
        expires_at__lte=now + timedelta(days=NOTICE_DAYS),
        expiry_notice_at=None,
    )


def _public() -> Q:
    return Q(status=Status.PUBLISHED, expires_at__gt=timezone.now(), organisation__is_active=True)
