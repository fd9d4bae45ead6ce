"""Who may do what with a listing, and the one gate through which everybody gets one."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import Membership, Role
from mawsim.accounts.rules import Reader, at_least, is_operator, role_of
from mawsim.core.errors import Conflict, NotAllowed, NotVisible
from mawsim.listings import queries
from mawsim.listings.lifecycle import By, Step, possible
from mawsim.listings.models import Listing


class Permission(StrEnum):
    VIEW = "view"
    EDIT = "edit"  # editors and owners of its organisation
    REVIEW = "review"  # operators who do not belong to it
    EXPRESS_INTEREST = "express_interest"  # anybody else, while it is public and open


VIEW, EDIT, REVIEW, EXPRESS_INTEREST = Permission


def get_listing(user: Reader, public_id: str, permission: Permission = Permission.VIEW) -> Listing:
    """The gate: `NotVisible` where its existence is a secret to the user, else `NotAllowed`.

    `Conflict` for an expression of interest in a listing that is closed for it.
    """
    listing = (
        queries.visible_to(user).select_related("organisation", "author").filter(public_id=public_id).first()
    )
    if listing is None:
        raise NotVisible
    require(user, listing, permission)
    return listing


def require(user: Reader, listing: Listing, permission: Permission) -> None:
    """The permission on a listing that the user may see."""
    if permission == Permission.EDIT and not can_edit(user, listing):
        raise NotAllowed
    if permission == Permission.REVIEW and not can_review(user, listing):
        raise NotAllowed
    if permission == Permission.EXPRESS_INTEREST:
        _require_open(user, listing)


def can_edit(user: Reader, listing: Listing) -> bool:
    return at_least(role_of(user, listing.organisation), Role.EDITOR)


def can_review(user: Reader, listing: Listing) -> bool:
    """A second person: an operator, but none who belongs to the listing's organisation."""
    return is_operator(user) and not _belongs(user, listing)


def steps_of(user: Reader, listing: Listing) -> list[Step]:
    """The steps that the user may take with the listing now."""
    steps = possible(listing.status, By.EDITOR) if can_edit(user, listing) else []
    if listing.held_by_operator:
        steps = [step for step in steps if step != Step.RESUME]
    if can_review(user, listing):
        steps += [step for step in possible(listing.status, By.OPERATOR) if step not in steps]
    return steps


def _require_open(user: Reader, listing: Listing) -> None:
    if not user.is_authenticated or _belongs(user, listing):
        raise NotAllowed
    if not queries.public().filter(pk=listing.pk).exists():
        raise NotVisible
    if not listing.open_for_interest:
        raise Conflict(_("This listing is closed for interest at the moment."))


def _belongs(user: Reader, listing: Listing) -> bool:
    own = Membership.objects.filter(organisation_id=listing.organisation_id)
    return user.is_authenticated and own.filter(user=user).exists()
