"""The history of a listing: what it was at each revision, and what changed between two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mawsim.listings.content import FIELDS
from mawsim.listings.models import Listing, ListingVersion

KEPT = (*FIELDS, "status", "open_for_interest", "expires_at")


@dataclass(frozen=True, slots=True)
class Change:
    field: str  # one of KEPT
    old: Any
    new: Any


def content_of(listing: Listing) -> dict[str, Any]:
    """The content and state of a listing as JSON values."""
    content = {name: getattr(listing, name) for name in KEPT}
    content["expires_at"] = listing.expires_at.isoformat() if listing.expires_at else None
    return content


def changes(newer: ListingVersion, older: ListingVersion | None) -> list[Change]:
    """The fields that differ, in display order; the first version has changed nothing."""
    if older is None:
        return []
    return [
        Change(name, older.content.get(name), newer.content.get(name))
        for name in KEPT
        if older.content.get(name) != newer.content.get(name)
    ]


def history(versions: Sequence[ListingVersion]) -> list[tuple[ListingVersion, list[Change]]]:
    """Each version with what it changed, for versions that are given newest first."""
    older = [*versions[1:], None]
    return [(version, changes(version, before)) for version, before in zip(versions, older, strict=True)]
