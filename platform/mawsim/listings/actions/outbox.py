"""How a change is recorded: a new revision with the outbox raised, a version, and word to those above."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.actions import notify
from mawsim.accounts.models import Notification, NotificationKind, User
from mawsim.accounts.queries import correspondents, reviewers
from mawsim.core.errors import Conflict, NotVisible
from mawsim.core.events import emit
from mawsim.listings.models import Event, Listing, ListingVersion, Status
from mawsim.listings.queries import current_version
from mawsim.listings.versions import content_of


def locked(listing: Listing, *, seen_version: int | None = None) -> Listing:
    """The listing as it is now, locked until the end of the transaction.

    Conflict when it is no longer at the version that the user has seen.
    """
    rows = Listing.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(pk=listing.pk).first()
    if row is None:
        raise NotVisible
    if seen_version is not None and seen_version != current_version(row):
        raise Conflict(_("Somebody else has changed this listing meanwhile. Please look at it as it is now."))
    return row


def record(listing: Listing, *, actor: User | None, event: Event, note: str = "") -> None:
    """Save a locked or new listing as its next revision."""
    if listing.pk:
        listing.revision += 1
    listing.index_pending = True
    listing.translation_pending = True
    listing.translation_retry_at = None
    listing.translation_attempts = 0
    listing.translation_error = ""
    listing.save()
    ListingVersion.objects.create(
        listing=listing,
        number=listing.revision,
        author=actor,
        event=event,
        note=note,
        content=content_of(listing),
    )
    tell(listing)


def tell(listing: Listing) -> None:
    """Wake those who work on changed listings; without a broker their sweeps find it."""
    emit("listing_changed", listing_id=listing.pk)
    wake_translator()


def tell_authors(listing: Listing, kind: NotificationKind, **params: str) -> None:
    """Notify the editors and owners of the listing's organisation."""
    notify(users=correspondents(listing.organisation), kind=kind, params=params, path=listing.path)


def tell_reviewers(listing: Listing) -> None:
    """Notify the operators who may review it, but nobody who has not looked at an earlier notice yet."""
    path = f"/review/{listing.public_id}/"
    told = Notification.objects.filter(kind=NotificationKind.LISTING_SUBMITTED, path=path, read_at=None)
    by_language: dict[str, list[User]] = {}
    for user in reviewers(listing.organisation).exclude(pk__in=told.values("user")):
        by_language.setdefault(user.language, []).append(user)
    for language, users in by_language.items():
        params = {"title": listing.title, "organisation": listing.organisation.name_in(language)}
        notify(users=users, kind=NotificationKind.LISTING_SUBMITTED, params=params, path=path)


def wake_translator() -> None:
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    from mawsim.listings.tasks import translate_pending

    translate_pending.apply_async(retry=False)


@transaction.atomic
def organisation_changed(organisation_id: int) -> None:
    """Its name, country or suspension shows in its listings: have them indexed anew."""
    rows = Listing.objects.filter(organisation_id=organisation_id).exclude(status=Status.DRAFT)
    changed = list(rows.values_list("pk", flat=True))
    Listing.objects.filter(pk__in=changed).update(revision=F("revision") + 1, index_pending=True)
    for pk in changed:
        emit("listing_changed", listing_id=pk)
