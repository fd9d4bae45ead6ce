"""What operators see of deals: that they exist and how they stand, never what is written in them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from mawsim.deals.models import Conversation, Interest


class ReadOnlyAdmin(ModelAdmin):
    """Changes happen on the site, where rules and notices apply."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Interest)
class InterestAdmin(ReadOnlyAdmin):
    fields = (
        "public_id",
        "listing",
        "organisation",
        "language",
        "status",
        "decline_reason",
        "created_at",
        "decided_at",
        "expires_at",
    )
    list_display = ("public_id", "organisation", "status", "created_at", "decided_at", "expires_at")
    list_filter = ("status", "decline_reason", "language")
    list_select_related = ("organisation",)
    search_fields = ("public_id", "organisation__name")
    date_hierarchy = "created_at"


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    fields = ("public_id", "interest", "created_at", "last_message_at")
    list_display = ("public_id", "interest", "created_at", "last_message_at")
    list_select_related = ("interest",)
    search_fields = ("public_id", "interest__public_id")
