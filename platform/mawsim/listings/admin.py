"""The operators' view of listings. They are written by their authors and moved by actions only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from mawsim.core.admin import ReadOnly
from mawsim.listings import queries
from mawsim.listings.models import Listing, ListingTranslation, ListingVersion


class VersionInline(ReadOnly, TabularInline):
    model = ListingVersion
    fields = readonly_fields = ("number", "event", "author", "note", "created_at")
    extra = 0


class TranslationInline(ReadOnly, TabularInline):
    model = ListingTranslation
    fields = readonly_fields = ("field", "language", "text", "state", "engine", "updated_at")
    extra = 0


@admin.register(Listing)
class ListingAdmin(ReadOnly, ModelAdmin):
    """Pending marks and errors tell what the workers have still to do."""

    list_display = (
        "title",
        "organisation",
        "kind",
        "pillar",
        "source_language",
        "status",
        "expires_at",
        "index_pending",
        "translation_pending",
        "translation_error",
    )
    list_filter = (
        "status",
        "kind",
        "pillar",
        "source_language",
        "open_for_interest",
        "index_pending",
        "translation_pending",
    )
    list_select_related = ("organisation",)
    search_fields = ("title", "public_id", "organisation__name")
    date_hierarchy = "created_at"
    inlines = (VersionInline, TranslationInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        """As on the site: an operator does not see what others are still drafting."""
        return super().get_queryset(request).filter(pk__in=queries.visible_to(request.user).values("pk"))
