"""How allauth behaves on this site."""

import smtplib
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from mawsim.accounts import queries
from mawsim.accounts.letters import letter
from mawsim.accounts.mail import message
from mawsim.core import languages

log = structlog.get_logger(__name__)
_WRONG_CODE = _("This code is not right, or has been used. Try the next one.")


class AccountAdapter(DefaultAccountAdapter):
    """Our words for errors, our letters for mails, and the newcomer's way to an organisation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _("Your main address cannot be removed."),
        "duplicate_email": _("This address belongs to your account already."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "email_taken": _("This address has an account already."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _WRONG_CODE,
        "incorrect_password": _("This password is not right."),
        "invalid_login": _("The e-mail address or the password is not right."),
        "invalid_password_reset": _("This link has been used or has expired."),
        "max_email_addresses": _("You cannot add more than %d e-mail addresses."),
        "rate_limited": _("Too many attempts. Wait a few minutes and try again."),
        "same_as_current": _("Enter something other than the current value."),
        "select_only_one": _("Choose only one."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes and try again."),
        "unknown_email": _("This address has no account."),
        "unverified_primary_email": _("Confirm your main address first."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the recipient's language where we know the person, else in the reader's."""
        user = context.get("user")
        language = getattr(user, "language", None) or languages.current().code
        try:
            message(letter(template_prefix, email, context, language)).send()
        except (smtplib.SMTPException, OSError):
            log.exception("mail.failed", letter=template_prefix)
            sorry = _("The e-mail could not be sent just now. Please try again in a few minutes.")
            messages.error(allauth_context.request, sorry)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Home; for somebody without an organisation the page where one begins."""
        if queries.organisations_of(request.user).exists() or request.user.is_staff:
            return super().get_login_redirect_url(request)
        return resolve_url("web:organisation_new")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("web:settings")


class MFAAdapter(DefaultMFAAdapter):
    """Our words for what can go wrong in two-step login."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": _("Switch two-step login off before you add an address."),
        "cannot_delete_authenticator": _("Two-step login cannot be switched off."),
        "cannot_generate_recovery_codes": _("Switch two-step login on first."),
        "incorrect_code": _WRONG_CODE,
        "unverified_email": _("Confirm your e-mail address first."),
    }
