"""Forms for organisations, their members and their claims."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.actions.claims import CHECKABLE
from mawsim.accounts.models import (
    Claim,
    ClaimState,
    Invitation,
    Membership,
    Organisation,
    OrganisationKind,
    OrganisationSize,
)
from mawsim.accounts.validators import NAME_MAX, single_line
from mawsim.core import cldr, languages
from mawsim.core.errors import Conflict, InvalidInput
from mawsim.core.text import tidy
from mawsim.taxonomy import vocabulary
from mawsim.taxonomy.vocabulary import Vocabulary


def show_errors(form: forms.BaseForm, error: InvalidInput | Conflict) -> None:
    """Show beside its fields what an action refused."""
    if isinstance(error, Conflict):
        form.add_error(None, str(error.message))
        return
    for field, message in error.errors.items():
        form.add_error(field if field in form.fields else None, str(message))


class TidyModelForm(forms.ModelForm):
    """Texts are composed (NFC) and trimmed before they are judged."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {name: tidy(value) if isinstance(value, str) else value for name, value in cleaned.items()}


class OrganisationForm(TidyModelForm):
    """The profile. The names in other languages are one field per language: `name_ko` ..."""

    website = forms.URLField(
        label=_("Website"),
        required=False,
        assume_scheme="https",
        help_text=_("For example https://example.com"),
    )

    class Meta:
        model = Organisation
        fields = ("kind", "name", "country", "city", "website", "size", "sectors", "about", "language")
        widgets = {"about": forms.Textarea(attrs={"rows": 6})}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "name": _("As you write it yourself, in your own script."),
            "language": _("The language in which you write about yourself."),
            "about": _("What you do, for whom, and what you are known for. 2,000 characters at most."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = languages.current()
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"), choices=OrganisationKind.choices, widget=forms.RadioSelect
        )
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"), choices=[("", "—"), *cldr.countries(language.code)]
        )
        self.fields["size"] = forms.ChoiceField(
            label=_("Size"), required=False, choices=[("", "—"), *OrganisationSize.choices]
        )
        self.fields["sectors"] = forms.MultipleChoiceField(
            label=_("Sectors"),
            required=False,
            choices=vocabulary.choices(Vocabulary.SECTOR, language.code),
            widget=forms.CheckboxSelectMultiple,
        )
        if not self.instance.pk:
            self.initial.setdefault("language", language.code)
        for one in languages.LANGUAGES:
            self.fields[f"name_{one.code}"] = self._name_field(one)

    def _name_field(self, language: languages.Language) -> forms.CharField:
        attrs = {"lang": language.code, "dir": language.dir}
        return forms.CharField(
            label=language.native,
            required=False,
            max_length=NAME_MAX,
            validators=[single_line],
            initial=self.instance.names.get(language.code, ""),
            widget=forms.TextInput(attrs=attrs),
        )

    @property
    def name_fields(self) -> list[forms.BoundField]:
        return [self[f"name_{code}"] for code in languages.CODES]

    @property
    def has_names(self) -> bool:
        """Whether the section of names should stand open."""
        return any(field.value() or field.errors for field in self.name_fields)

    def fields_to_save(self) -> dict[str, Any]:
        """The cleaned values, as the actions take them."""
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        names = {code: self.cleaned_data.get(f"name_{code}", "") for code in languages.CODES}
        return values | {"names": {code: name for code, name in names.items() if name}}


class InviteForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ("email", "role", "language")
        labels = {  # noqa: RUF012
            "email": _("E-mail address"),
            "role": _("Role"),
            "language": _("Language of the invitation"),
        }

    def validate_constraints(self) -> None:
        """Left to the action, which says it in plainer words."""


class RoleForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ("role",)
        labels = {"role": _("Role")}  # noqa: RUF012

    @classmethod
    def of(cls, membership: Membership) -> "RoleForm":
        """One of several on a page: its control's id carries the membership's."""
        return cls(instance=membership, auto_id=f"role_{membership.public_id}_%s")


class ClaimForm(TidyModelForm):
    evidence_url = forms.URLField(label=_("Link to the evidence"), required=False, assume_scheme="https")

    class Meta:
        model = Claim
        fields = ("title", "issuer", "scope", "evidence_url", "expires_on")
        widgets = {"expires_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "title": _("For example ISO/IEC 27001, or the number in the commercial register."),
            "scope": _("What it covers: sites, products, services."),
        }


class CheckForm(forms.Form):
    state = forms.ChoiceField(
        label=_("Result of the check"),
        choices=[(state.value, ClaimState(state).label) for state in CHECKABLE],
    )
