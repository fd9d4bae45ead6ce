"""The history of a listing: what it was at each revision, and what changed between two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from mawsim.core import cldr
from mawsim.core.languages import BY_CODE
from mawsim.listings.content import FIELDS, LISTS
from mawsim.listings.details import facts
from mawsim.listings.models import Field, Kind, Listing, ListingVersion, Status
from mawsim.listings.summary import labels
from mawsim.taxonomy.vocabulary import Vocabulary

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
        if _stated(older.content.get(name)) != _stated(newer.content.get(name))
    ]


def _stated(value: Any) -> Any:
    """Nothing is nothing, also in a version that is older than the field."""
    return None if value in ("", [], {}) else value


def history(versions: Sequence[ListingVersion]) -> list[tuple[ListingVersion, list[Change]]]:
    """Each version with what it changed, for versions that are given newest first."""
    older = [*versions[1:], None]
    return [(version, changes(version, before)) for version, before in zip(versions, older, strict=True)]


LABELS: dict[str, str | Promise] = {
    "kind": _("Kind"),
    "pillar": _("Pillar"),
    "further_pillars": _("Also needed"),
    "source_language": _("Language"),
    "title": _("Title"),
    "summary": _("Summary"),
    "body": _("Description"),
    "sectors": _("Sectors"),
    "technologies": _("Technologies"),
    "partnership_types": _("Kinds of partnership"),
    "target_countries": _("Target countries"),
    "stage": _("Stage (TRL)"),
    "details": _("Further details"),
    "status": _("Status"),
    "open_for_interest": pgettext_lazy("it is", "Open for interest"),
    "expires_at": _("Ends on"),
}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change in the reader's words. `is_text`: the author's own words, in the listing's language."""

    label: str
    old: str
    new: str
    is_text: bool


def shown_changes(newer: ListingVersion, older: ListingVersion | None, language: str) -> list[ShownChange]:
    with override(BY_CODE[language].django):
        return [
            ShownChange(
                str(LABELS[change.field]),
                "" if older is None else _shown(change.field, older.content, language),
                _shown(change.field, newer.content, language),
                change.field in Field.values,
            )
            for change in changes(newer, older)
        ]


def _shown(name: str, content: Mapping[str, Any], language: str) -> str:
    value: Any = content.get(name)
    if value in (None, "", [], {}):
        return "—"
    if name in LISTS:
        return " · ".join(labels(LISTS[name][0], value, language))
    if name == "details":
        return " · ".join(f"{fact.label}: {fact.value}" for fact in facts(content["pillar"], value, language))
    return _shown_single(name, value, language)


def _shown_single(name: str, value: Any, language: str) -> str:
    match name:
        case "kind":
            return str(Kind(value).label)
        case "status":
            return str(Status(value).label)
        case "pillar":
            return " ".join(labels(Vocabulary.PILLAR, [value], language))
        case "stage":
            return " ".join(labels(Vocabulary.STAGE, [f"trl-{value}"], language))
        case "source_language":
            return cldr.language_name(value, language)
        case "target_countries":
            return " · ".join(cldr.country_name(code, language) for code in value)
        case "open_for_interest":
            return str(_("Yes") if value else _("No"))
        case "expires_at":
            return cldr.day(datetime.fromisoformat(value), language)
    return str(value)
