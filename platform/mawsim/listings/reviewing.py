"""Named reads for those who look after translations. Whatever is listed starts from `queries`' gates."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet

from mawsim.accounts.models import Membership, User
from mawsim.core import languages
from mawsim.core.errors import NotVisible
from mawsim.listings import queries, rules
from mawsim.listings.models import (
    Field,
    Listing,
    ListingTranslation,
    SuggestionStatus,
    TranslationSuggestion,
)
from mawsim.listings.texts import is_stale
from mawsim.translation.models import State

STALE_AT_MOST = 50  # that are looked for at once


@dataclass(frozen=True, slots=True)
class Cell:
    """How one field of a listing stands in one language."""

    field: Field
    language: str
    row: ListingTranslation | None
    stale: bool
    suggestions: int

    @property
    def state(self) -> State | None:
        return State(self.row.state) if self.row else None


def get_suggestion(user: User, public_id: str) -> TranslationSuggestion:
    """The gate of suggestions: for the listing's editors and for reviewers."""
    found = TranslationSuggestion.objects.select_related("listing__organisation", "author")
    suggestion = found.filter(public_id=public_id, listing__in=queries.visible_to(user)).first()
    if suggestion is None or not may_decide(user, suggestion.listing):
        raise NotVisible
    return suggestion


def may_decide(user: User, listing: Listing) -> bool:
    return rules.can_edit(user, listing) or rules.can_review(user, listing)


def open_suggestions(
    listing: Listing, field: str = "", language: str = ""
) -> QuerySet[TranslationSuggestion]:
    """Those that wait, the oldest first."""
    rows = listing.suggested_translations.filter(status=SuggestionStatus.OPEN).select_related("author")
    rows = rows.filter(field=field) if field else rows
    return (rows.filter(language=language) if language else rows).order_by("pk")


def overview(listing: Listing) -> list[tuple[languages.Language, list[Cell]]]:
    """Every other language with its fields. Two queries."""
    rows = {(row.field, row.language): row for row in listing.translations.all()}
    waiting = open_suggestions(listing).values_list("field", "language").annotate(number=Count("pk"))
    counts = {(field, language): number for field, language, number in waiting.order_by("field")}
    fields = [field for field in Field if getattr(listing, field)]
    return [
        (
            language,
            [
                _cell(listing, field, language.code, rows.get((field, language.code)), counts)
                for field in fields
            ],
        )
        for language in languages.LANGUAGES
        if language.code != listing.source_language
    ]


def _cell(
    listing: Listing,
    field: Field,
    language: str,
    row: ListingTranslation | None,
    counts: dict[tuple[str, str], int],
) -> Cell:
    return Cell(field, language, row, bool(row and is_stale(row, listing)), counts.get((field, language), 0))


def unread(operator: User, language: str) -> QuerySet[ListingTranslation]:
    """What machines have said in a language about public listings and nobody has read, the incomplete
    first, then the newest."""
    rows = _of_others(operator).filter(language=language, state=State.MACHINE)
    return rows.select_related("listing__organisation").order_by("complete", "-listing__published_at", "pk")


def unread_counts(operator: User) -> dict[str, int]:
    """{language: how many are unread}."""
    rows = _of_others(operator).filter(state=State.MACHINE).order_by()
    return dict(rows.values_list("language").annotate(number=Count("pk")))


def outdated(operator: User, language: str) -> list[ListingTranslation]:
    """People's translations whose original has changed since; some, not necessarily all."""
    rows = _of_others(operator).filter(language=language, updated_at__lt=F("listing__updated_at"))
    people_s = rows.exclude(state=State.MACHINE).select_related("listing__organisation").order_by("-pk")
    return [row for row in people_s[: 10 * STALE_AT_MOST] if is_stale(row, row.listing)][:STALE_AT_MOST]


def suggested(operator: User, language: str) -> QuerySet[TranslationSuggestion]:
    rows = TranslationSuggestion.objects.filter(
        status=SuggestionStatus.OPEN, language=language, listing__in=_listings(operator)
    )
    return rows.select_related("listing__organisation", "author").order_by("pk")


def stale_rows(listing: Listing) -> list[ListingTranslation]:
    """People's translations of this listing that wait to be read again."""
    rows = listing.translations.exclude(state=State.MACHINE).order_by("language", "field")
    return [row for row in rows if is_stale(row, listing)]


def after(rows: Iterable[ListingTranslation], row: ListingTranslation) -> ListingTranslation | None:
    """The next one that waits, for who works through them."""
    return next((one for one in rows if one.pk != row.pk), None)


def _of_others(operator: User) -> QuerySet[ListingTranslation]:
    return ListingTranslation.objects.filter(listing__in=_listings(operator))


def _listings(operator: User) -> QuerySet[Listing]:
    """A second person reads: nobody reviews for the own organisation."""
    own = Membership.objects.filter(user=operator).values("organisation_id")
    return queries.public().exclude(organisation_id__in=own)
