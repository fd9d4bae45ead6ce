"""The form of a listing. It carries values; the rules are the domain's (`listings.content`).

Nothing is judged here: a form that judges for itself says half of what is wrong, in Django's words,
which several of our languages lack.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from mawsim.core import cldr, languages
from mawsim.core.errors import Conflict, InvalidInput
from mawsim.listings import details
from mawsim.listings.content import FIELDS, LENGTHS
from mawsim.listings.models import Field, Kind, Listing
from mawsim.taxonomy import vocabulary
from mawsim.taxonomy.vocabulary import Vocabulary

# Where the platform's organisations come from and look to; all other countries follow.
NEAR = tuple(
    "KR BN KH ID LA MY MM PH SG TH TL VN AE BH EG IL IQ IR JO KW LB OM PS QA SA TR YE CN HK TW JP".split()  # noqa: SIM905
)


class _Unjudged:
    """`required` only tells the reader which fields are optional."""

    def validate(self, value: Any) -> None: ...

    def run_validators(self, value: Any) -> None: ...


class Text(_Unjudged, forms.CharField):
    pass


class Choice(_Unjudged, forms.ChoiceField):
    pass


class Choices(_Unjudged, forms.MultipleChoiceField):
    pass


def _text(field: Field, label: Any, help_text: Any, rows: int = 0, required: bool = True) -> Text:
    # No maxlength: browsers cut a pasted text at it without a word.
    attrs = {"data-limit": LENGTHS[field], "dir": "auto"}
    widget = forms.Textarea(attrs={**attrs, "rows": rows}) if rows else forms.TextInput(attrs=attrs)
    return Text(label=label, help_text=help_text, widget=widget, required=required, strip=False)


class ListingForm(forms.Form):
    use_required_attribute = False  # the page says in its own words what is missing

    kind = Choice(
        label=_("Do you offer something or need it?"), choices=Kind.choices, widget=forms.RadioSelect
    )
    pillar = Choice(label=_("What is it about?"), widget=forms.RadioSelect)
    further_pillars = Choices(
        label=_("Is anything else needed?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For a need that one partner may not meet alone: we look for several that do together."),
    )
    source_language = Choice(
        label=_("Language in which you write"),
        choices=languages.CHOICES,
        help_text=_("Write in the language you know best. Readers find it in all fifteen."),
    )
    title = _text(Field.TITLE, _("Title"), _("What it is and what it is for, in one line."))
    summary = _text(Field.SUMMARY, _("Summary"), _("For whom, with what result. Lists show it."), rows=4)
    body = _text(
        Field.BODY,
        _("Description"),
        _("How it works, where it is in use, what you expect of a partner. Plain text."),
        rows=10,
        required=False,
    )
    sectors = Choices(label=_("Sectors"), required=False)
    technologies = Choices(label=_("Technologies"), required=False)
    partnership_types = Choices(
        label=_("Kinds of partnership"), required=False, widget=forms.CheckboxSelectMultiple
    )
    target_countries = Choices(label=_("Target countries"), required=False)
    stage = Choice(label=_("Stage (TRL)"), required=False)
    language_confirmed = forms.BooleanField(label=_("The language is right"), required=False)
    submission_token = Text(required=False, widget=forms.HiddenInput)
    version = Text(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        listing: Listing | None = None,
        version: int = 0,
        kind: str = "",
    ) -> None:
        initial = _initial(listing, version) if listing else {**_blank(), "kind": kind}
        super().__init__(data, initial=initial)
        language = languages.current().code
        self._offer("pillar", vocabulary.choices(Vocabulary.PILLAR, language))
        self._offer("further_pillars", vocabulary.choices(Vocabulary.PILLAR, language))
        self._offer("partnership_types", vocabulary.choices(Vocabulary.PARTNERSHIP, language))
        stages = [
            (code.removeprefix("trl-"), name) for code, name in vocabulary.choices(Vocabulary.STAGE, language)
        ]
        self._offer("stage", [("", "—"), *stages])
        for pillar, specs in details.PILLARS.items():
            for spec in specs:
                name = _detail_name(pillar, spec.name)
                self.fields[name] = _detail_field(spec, language, self.initial.get(name))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices

    # --- What is sent on ---------------------------------------------------------------------------
    @cached_property
    def content(self) -> dict[str, Any]:
        """Everything as it came in, for `save_listing` and `quality.assess`; also after errors were shown."""
        values = {name: self.cleaned_data.get(name) for name in FIELDS if name != "details"}
        pillar = values["pillar"]
        given = {
            spec.name: self.cleaned_data.get(_detail_name(pillar, spec.name))
            for spec in details.specs_of(pillar or "")
        }
        return {**values, "details": given}

    @property
    def token(self) -> UUID | None:
        try:
            return UUID(self.cleaned_data["submission_token"])
        except ValueError:
            return None

    @property
    def seen_version(self) -> int:
        """What is no number is no version: a Conflict, like any other that is not the current one."""
        sent = self.cleaned_data["version"]
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1

    def show(self, error: InvalidInput | Conflict) -> None:
        """What the domain refused, beside the fields."""
        if isinstance(error, Conflict):
            self.add_error(None, str(error.message))
            return
        pillar = self.data.get("pillar", "")
        for key, message in error.errors.items():
            name = _detail_name(pillar, key.removeprefix("details.")) if key.startswith("details.") else key
            self.add_error(name if name in self.fields else None, str(message))

    def have_seen(self, version: int) -> None:
        """After a conflict: whoever sends the form once more has been told."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = str(version)
        self.data = data

    # --- What the template shows -------------------------------------------------------------------
    @property
    def asks_to_confirm(self) -> bool:
        return bool(self.errors.get("language_confirmed")) or bool(self["language_confirmed"].value())

    @property
    def detail_groups(self) -> list["DetailGroup"]:
        language = languages.current().code
        return [
            DetailGroup(
                pillar,
                vocabulary.label(Vocabulary.PILLAR, pillar, language),
                [self[_detail_name(pillar, spec.name)] for spec in specs],
                self["pillar"].value() == pillar,
            )
            for pillar, specs in details.PILLARS.items()
        ]

    @property
    def sector_options(self) -> list["OptionGroup"]:
        return list(self._options("sectors", Vocabulary.SECTOR))

    @property
    def technology_options(self) -> list["OptionGroup"]:
        return list(self._options("technologies", Vocabulary.TECHNOLOGY))

    def _options(self, name: str, kind: Vocabulary) -> Iterator["OptionGroup"]:
        language = languages.current().code
        chosen = set(self[name].value() or [])
        for heading, terms in vocabulary.grouped(kind, language):
            options = [
                Option(term.code, term.label, term.code in chosen, _other_names(term)) for term in terms
            ]
            yield OptionGroup(heading.label if heading else "", options)

    @property
    def country_options(self) -> list["OptionGroup"]:
        language = languages.current().code
        chosen = set(self["target_countries"].value() or [])
        names = dict(cldr.countries(language))
        near = [Option(code, names[code], code in chosen) for code in NEAR]
        rest = [Option(code, name, code in chosen) for code, name in names.items() if code not in set(NEAR)]
        return [OptionGroup("", near), OptionGroup(str(_("All other countries")), rest)]


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: str
    chosen: bool
    other_names: str = ""  # what the search box of the group finds too


@dataclass(frozen=True, slots=True)
class OptionGroup:
    heading: str
    options: list[Option]

    @property
    def chosen(self) -> int:
        return sum(option.chosen for option in self.options)


@dataclass(frozen=True, slots=True)
class DetailGroup:
    pillar: str
    label: str
    fields: list[forms.BoundField]
    is_chosen: bool


class TranslationForm(forms.Form):
    """The author's own words for one field in another language."""

    field = Choice(label=_("Field"), choices=Field.choices)
    language = Choice(label=_("Language"), choices=languages.CHOICES)
    text = Text(label=_("Translation"), widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}), strip=False)

    use_required_attribute = False


def _other_names(term: vocabulary.Term) -> str:
    english = vocabulary.term(term.vocabulary, term.code, "en")
    return " | ".join(dict.fromkeys((*term.synonyms, english.label, *english.synonyms)))


def _detail_name(pillar: Any, name: str) -> str:
    return f"d_{pillar}_{name}"


def _detail_field(spec: details.Spec, language: str, stored: Any) -> forms.Field:
    common: dict[str, Any] = {"label": spec.label, "help_text": spec.help, "required": False}
    countries = cldr.countries(language)
    match spec.kind:
        case details.Kind.NUMBER:
            return Text(widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}), **common)
        case details.Kind.CURRENCY:
            return Text(widget=forms.TextInput(attrs={"maxlength": 3, "dir": "ltr"}), **common)
        case details.Kind.ONE:
            return Choice(choices=[("", "—"), *spec.choices], **common)
        case details.Kind.COUNTRY:
            return Choice(choices=[("", "—"), *countries], **common)
        case details.Kind.SOME:
            return Choices(choices=spec.choices, widget=forms.CheckboxSelectMultiple, **common)
        case details.Kind.COUNTRIES:
            names = dict(countries)
            # What is stored is offered too, or saving the form would drop it.
            near = [(code, names[code]) for code in dict.fromkeys((*NEAR, *(stored or ()))) if code in names]
            return Choices(choices=near, widget=forms.CheckboxSelectMultiple, **common)
        case details.Kind.LANGUAGES:
            return Choices(choices=languages.CHOICES, widget=forms.CheckboxSelectMultiple, **common)


def _blank() -> dict[str, Any]:
    return {"submission_token": uuid4(), "source_language": languages.current().code}


def _initial(listing: Listing, version: int) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(listing, name) for name in FIELDS if name != "details"}
    stored: Mapping[str, Any] = listing.details
    details_of = {_detail_name(listing.pillar, name): value for name, value in stored.items()}
    return {**values, **details_of, "version": version}
