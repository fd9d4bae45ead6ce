"""The operators' view of accounts. What has consequences goes through the same actions as everywhere."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from mawsim.accounts import actions
from mawsim.accounts.models import (
    Claim,
    ClaimState,
    Invitation,
    Membership,
    Notification,
    Organisation,
    TradeFlag,
    User,
)
from mawsim.core.admin import Kept, ReadOnly
from mawsim.core.errors import NotAllowed, NotVisible

# The admin's own login knows neither the second factor nor the limits on guessing.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def _operator(request: HttpRequest) -> User:
    if not request.user.is_authenticated:
        raise NotVisible
    return request.user


@admin.register(User)
class UserAdmin(Kept, ModelAdmin):
    list_display = ("email", "name", "language", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "language")
    search_fields = ("email", "name")
    readonly_fields = ("email", "date_joined", "last_login")
    fields = (
        "email",
        "name",
        "language",
        "time_zone",
        "is_active",
        "is_staff",
        "groups",
        *readonly_fields[1:],
    )


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    fields = readonly_fields = ("user", "role", "created_at")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organisation)
class OrganisationAdmin(Kept, ModelAdmin):
    list_display = ("name", "kind", "country", "language", "is_active", "flag", "created_at")
    list_filter = ("kind", "is_active", "flag", "country")
    search_fields = ("name", "public_id", "names")
    fields = ("name", "kind", "country", "website", "is_active", "flag")
    readonly_fields = ("name", "kind", "country", "website")
    inlines = (MembershipInline,)

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        """The only changes are to suspend or restore, and the mark of trade control."""
        try:
            actions.set_trade_flag(actor=_operator(request), organisation=obj, flag=TradeFlag(obj.flag))
            actions.set_organisation_active(actor=_operator(request), organisation=obj, active=obj.is_active)
        except (NotAllowed, NotVisible):
            self.message_user(
                request, "You belong to this organisation: another operator must decide.", "error"
            )


@admin.register(Claim)
class ClaimAdmin(Kept, ModelAdmin):
    list_display = ("title", "organisation", "issuer", "state", "expires_on", "checked_by")
    list_filter = ("state",)
    search_fields = ("title", "issuer", "organisation__name")
    fields = ("organisation", "title", "issuer", "scope", "evidence_url", "expires_on", "state", "checked_by")
    readonly_fields = tuple(name for name in fields if name != "state")
    list_select_related = ("organisation", "checked_by")

    def save_model(self, request: HttpRequest, obj: Claim, form: Any, change: bool) -> None:
        try:
            actions.check_claim(actor=_operator(request), claim=obj, state=ClaimState(obj.state))
        except (NotAllowed, NotVisible):
            self.message_user(
                request, "You belong to this organisation: another operator must decide.", "error"
            )


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, ModelAdmin):
    list_display = ("email", "organisation", "role", "created_at", "expires_at", "accepted_at", "mail_error")
    search_fields = ("email", "organisation__name")
    list_select_related = ("organisation",)


@admin.register(Notification)
class NotificationAdmin(ReadOnly, ModelAdmin):
    list_display = ("user", "kind", "created_at", "read_at", "mail_pending", "mail_attempts", "mail_error")
    list_filter = ("kind", "mail_pending")
    list_select_related = ("user",)
