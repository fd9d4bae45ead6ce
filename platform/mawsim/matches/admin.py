"""The operators' view of the index: which models, what failed and when it is tried again. To be looked at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from mawsim.core.admin import ReadOnly
from mawsim.matches.models import EmbeddingModel, Feedback, SavedSearch, SearchDocument


@admin.register(EmbeddingModel)
class EmbeddingModelAdmin(ReadOnly, ModelAdmin):
    list_display = ("name", "source", "dimension", "activated_at", "completed_at")


class _Failed(admin.SimpleListFilter):
    title = "state"
    parameter_name = "failed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "failed"), ("0", "sound")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.exclude(error="") if self.value() == "1" else queryset.filter(error="")


@admin.register(SearchDocument)
class SearchDocumentAdmin(ReadOnly, ModelAdmin):
    """How indexing went, listing by listing; without any words, since drafts are indexed too."""

    list_display = ("public_id", "revision", "error", "attempts", "retry_at", "updated_at")
    list_select_related = ("listing",)
    list_filter = (_Failed,)
    search_fields = ("listing__public_id", "error")
    fields = readonly_fields = list_display
    ordering = ("-updated_at",)

    @admin.display(description="listing")
    def public_id(self, document: SearchDocument) -> str:
        return document.listing.public_id


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly, ModelAdmin):
    list_display = ("organisation", "listing", "verdict", "user", "updated_at")
    list_select_related = ("organisation", "listing", "user")
    list_filter = ("verdict",)


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnly, ModelAdmin):
    """That there are searches, and whether they are looked at. What people look for is theirs."""

    list_display = ("public_id", "user", "language", "notify", "checked_at")
    list_select_related = ("user",)
    fields = readonly_fields = list_display
