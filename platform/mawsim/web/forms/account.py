"""Forms of sign-up, login, passwords and the second factor in our words, and a person's settings.

allauth does the work; its own texts exist in half of our languages only.
"""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as MFAReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mawsim.accounts import actions
from mawsim.accounts.models import User
from mawsim.accounts.validators import single_line, time_zones
from mawsim.core import languages
from mawsim.core.text import tidy
from mawsim.core.time_zones import time_zone_choices

_LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "oldpassword": _("Current password"),
    "password1": _("Password"),
    "password2": _("Password again"),
    "remember": _("Stay logged in on this device"),
    "code": _("Code"),
}
_PASSWORD_HELP = _("At least 8 characters; not a common word, and not like your e-mail address.")
# Where most readers of a language live; everybody may choose another zone in the settings.
_ZONES = {
    "ko": "Asia/Seoul", "id": "Asia/Jakarta", "ms": "Asia/Kuala_Lumpur", "vi": "Asia/Ho_Chi_Minh",
    "th": "Asia/Bangkok", "tl": "Asia/Manila", "km": "Asia/Phnom_Penh", "lo": "Asia/Vientiane",
    "my": "Asia/Yangon", "ar": "Asia/Riyadh", "he": "Asia/Jerusalem", "fa": "Asia/Tehran",
    "tr": "Europe/Istanbul", "zh-Hans": "Asia/Shanghai",
}  # fmt: skip


class OurWords(forms.BaseForm):
    """Our labels, no placeholders (they vanish while one types), and directions that fit the content."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = _LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name != "name" and not isinstance(field, forms.ChoiceField):
                field.widget.attrs["dir"] = "ltr"
            if name == "password1":
                field.help_text = _PASSWORD_HELP
            elif "password" in name:
                field.help_text = ""


class NameField(forms.CharField):
    """A person's name, composed before it is measured: composing can make a text longer."""

    def __init__(self) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"})
        super().__init__(label=_("Name"), max_length=120, validators=[single_line], widget=widget)

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")


class SignupForm(OurWords, account.SignupForm):
    """Address, password, name, and the language that the page is read in."""

    name = NameField()
    language = forms.ChoiceField(
        label=_("Language"), choices=languages.CHOICES, help_text=_("For pages and messages to you.")
    )
    field_order = ("name", "email", "password1", "password2", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", languages.current().code)

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """Before the mail of confirmation is written, which is in this language."""
        super().custom_signup(request, user)
        language = self.cleaned_data["language"]
        actions.update_profile(
            actor=user,
            name=self.cleaned_data["name"],
            language=language,
            time_zone=_ZONES.get(language, "UTC"),
        )


class LoginForm(OurWords, account.LoginForm):
    pass


class EmailForm(OurWords, account.AddEmailForm):
    pass


class ChangePasswordForm(OurWords, account.ChangePasswordForm):
    pass


class SetPasswordForm(OurWords, account.SetPasswordForm):
    pass


class ResetPasswordForm(OurWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(OurWords, account.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(OurWords, account.ReauthenticateForm):
    pass


class CodeForm(OurWords, AuthenticateForm):
    pass


class CodeAgainForm(OurWords, MFAReauthenticateForm):
    pass


class ActivateCodeForm(OurWords, ActivateTOTPForm):
    pass


class SettingsForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "language", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = NameField()
        here, kept = languages.current().code, self.instance.time_zone
        zones = time_zone_choices(time_zones(), here, timezone.now(), kept)
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=zones, help_text=_("Dates and times are shown in it.")
        )
