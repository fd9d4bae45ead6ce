"""For operators: the translation memory, where wrong units can be taken out and none is made up, and what
engines have been asked."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from mawsim.core.admin import ReadOnly
from mawsim.translation.models import EngineUsage, MemoryUnit
from mawsim.translation.scopes import ScopeKind


@admin.register(MemoryUnit)
class MemoryUnitAdmin(ModelAdmin):
    """Public units only: what organisations keep to themselves is no business of operators."""

    list_display = ("source_text", "target_text", "source_language", "target_language", "state", "engine")
    list_filter = ("state", "source_language", "target_language", "engine")
    search_fields = ("source_text", "target_text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MemoryUnit]:
        units: QuerySet[MemoryUnit] = super().get_queryset(request)
        return units.filter(scope=ScopeKind.PUBLIC)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(EngineUsage)
class EngineUsageAdmin(ReadOnly, ModelAdmin):
    list_display = (
        "day",
        "engine",
        "characters",
        "segments",
        "calls",
        "failures",
        "rejected",
    )
    list_filter = ("engine",)
    date_hierarchy = "day"
    ordering = ("-day", "engine")
