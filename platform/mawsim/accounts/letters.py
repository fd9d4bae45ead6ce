"""The words of the mails that allauth asks for, by the name that it gives them."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from mawsim.accounts import links
from mawsim.accounts.mail import Letter
from mawsim.core import languages

_IGNORE = gettext_lazy("If you did not ask for this, you can ignore this message.")
_ALARM = gettext_lazy("If this was not you, reset your password at once and tell us.")


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str | Promise
    body: str | Promise
    link: str = ""  # key of the address in allauth's context
    label: str | Promise = ""
    footer: str | Promise = _ALARM


_CONFIRM = _Words(
    gettext_lazy("Confirm your e-mail address"),
    gettext_lazy("Please confirm that this address is yours. The link works once and for three days."),
    "activate_url",
    gettext_lazy("Confirm the address"),
    _IGNORE,
)
_WORDS: dict[str, _Words] = {
    "account/email/email_confirmation": _CONFIRM,
    "account/email/email_confirmation_signup": _CONFIRM,
    "account/email/password_reset_key": _Words(
        gettext_lazy("Choose a new password"),
        gettext_lazy("Somebody, probably you, asked for a new password for your account."),
        "password_reset_url",
        gettext_lazy("Choose a new password"),
        _IGNORE,
    ),
    "account/email/unknown_account": _Words(
        gettext_lazy("There is no account with this address"),
        gettext_lazy(
            "Somebody, probably you, asked for a new password for this address. It has no account at Mawsim."
        ),
        "signup_url",
        gettext_lazy("Create an account"),
        _IGNORE,
    ),
    "account/email/account_already_exists": _Words(
        gettext_lazy("You have an account already"),
        gettext_lazy(
            "Somebody, probably you, tried to sign up with this address. It has an account already."
        ),
        "password_reset_url",
        gettext_lazy("Choose a new password"),
        _IGNORE,
    ),
    "account/email/password_changed": _Words(
        gettext_lazy("Your password was changed"), gettext_lazy("The password of your account was changed.")
    ),
    "account/email/password_reset": _Words(
        gettext_lazy("Your password was reset"), gettext_lazy("The password of your account was reset.")
    ),
    "account/email/password_set": _Words(
        gettext_lazy("Your password was set"), gettext_lazy("A password was set for your account.")
    ),
    "account/email/email_changed": _Words(
        gettext_lazy("Your e-mail address was changed"),
        gettext_lazy("The e-mail address of your account was changed."),
    ),
    "account/email/email_confirm": _Words(
        gettext_lazy("Your e-mail address was confirmed"),
        gettext_lazy("An e-mail address was confirmed for your account."),
    ),
    "account/email/email_deleted": _Words(
        gettext_lazy("An e-mail address was removed"),
        gettext_lazy("An e-mail address was removed from your account."),
    ),
    "mfa/email/totp_activated": _Words(
        gettext_lazy("Two-step login was switched on"),
        gettext_lazy("An authenticator app now protects your account."),
    ),
    "mfa/email/totp_deactivated": _Words(
        gettext_lazy("Two-step login was switched off"),
        gettext_lazy("The authenticator app no longer protects your account."),
    ),
    "mfa/email/recovery_codes_generated": _Words(
        gettext_lazy("New recovery codes"), gettext_lazy("New recovery codes were made for your account.")
    ),
}


def letter(name: str, to: str, context: dict[str, Any], language: str) -> Letter:
    """The letter that allauth calls `name`, in one of our languages; KeyError for an unknown name."""
    words = _WORDS[name]
    with override(languages.BY_CODE[language].django):
        return Letter(
            to=to,
            language=language,
            subject=str(words.subject),
            paragraphs=(_("Hello,"), str(words.body)),
            link=_address(context[words.link], language) if words.link else "",
            link_label=str(words.label),
            footer=str(words.footer),
        )


def _address(url: str, language: str) -> str:
    """allauth builds addresses from the request's host; a mail carries the site's own."""
    path = "/" + url.partition("://")[2].partition("/")[2]
    return links.absolute(path, language)
