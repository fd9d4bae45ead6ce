"""What operators see of deals: that they exist and how they stand, never what is written in them."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from mawsim.core.admin import ReadOnly
from mawsim.deals.models import Conversation, Interest


@admin.register(Interest)
class InterestAdmin(ReadOnly, ModelAdmin):
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
class ConversationAdmin(ReadOnly, ModelAdmin):
    fields = ("public_id", "interest", "created_at", "last_message_at")
    list_display = ("public_id", "interest", "created_at", "last_message_at")
    list_select_related = ("interest",)
    search_fields = ("public_id", "interest__public_id")
