"""What templates need beside Django's own tags: names and formats in the reader's language, form fields."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mawsim.accounts.models import Organisation
from mawsim.core import cldr, languages
from mawsim.taxonomy import vocabulary
from mawsim.taxonomy.vocabulary import Vocabulary
from mawsim.translation.style import isolated

register = template.Library()


@register.filter
def country(code: str) -> str:
    """The country's name."""
    return cldr.country_name(code, languages.current().code)


@register.filter
def language_name(code: str) -> str:
    """The name of a language."""
    return cldr.language_name(code, languages.current().code)


@register.filter
def native_name(code: str) -> str:
    """The name that a language's speakers use for it."""
    return languages.BY_CODE[code].native


@register.filter
def isolate_names(text: str, code: str) -> str:
    """A text in a right-to-left language with its Latin names set apart, so that signs stay beside them."""
    return isolated(text, code)


@register.filter
def label(code: str, kind: str) -> str:
    """The label of a taxonomy code; the bare code where the vocabulary no longer has it."""
    try:
        return vocabulary.label(Vocabulary(kind), code, languages.current().code)
    except vocabulary.UnknownCode:
        return code


@register.filter
def local_date(value: date | datetime | None) -> str:
    return cldr.day(value, languages.current().code, timezone.get_current_timezone_name()) if value else ""


@register.filter
def local_datetime(value: datetime | None) -> str:
    return cldr.moment(value, languages.current().code, timezone.get_current_timezone_name()) if value else ""


@register.filter
def quantity(value: Decimal | int | float) -> str:
    """A number as the language writes it."""
    return cldr.quantity(value, languages.current().code)


@register.filter
def percent(share: float) -> str:
    return cldr.percent(share, languages.current().code)


@register.simple_tag
def money(amount: Decimal | int, currency: str) -> str:
    return cldr.money(amount, currency, languages.current().code)


@register.filter
def bidi(text: str) -> SafeString:
    """Text by a user, isolated so that its direction cannot reorder what stands around it."""
    return format_html("<bdi>{}</bdi>", text)


@register.filter
def marked(text: str, part: str) -> SafeString:
    """The text with the part of it that answers marked; unchanged where it does not hold the part."""
    before, found, after = text.partition(part) if part else (text, "", "")
    return format_html("{}<mark>{}</mark>{}", before, found, after) if found else format_html("{}", text)


@register.simple_tag
def org_name(organisation: Organisation) -> SafeString:
    """The organisation's name as the reader knows it, isolated."""
    return bidi(organisation.name_in(languages.current().code))


@register.filter
def plain_name(organisation: Organisation) -> str:
    """The same name where no markup is read: in a page's title."""
    return organisation.name_in(languages.current().code)


@register.inclusion_tag("web/components/field.html")
def field(bound: BoundField, **attributes: Any) -> dict[str, Any]:
    """A form field with its label, help and errors, tied together for assistive technology.

    Keyword arguments become attributes of the control (`autofocus=True`, `dir="auto"`, ...).
    """
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}_help")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return {
        "field": bound,
        "control": bound.as_widget(attrs={key.replace("_", "-"): value for key, value in attributes.items()}),
        "is_checkbox": isinstance(bound.field.widget, CheckboxInput),
        "is_group": bound.use_fieldset,
    }


@register.filter
def split_words(text: str) -> list[str]:
    return text.split()


@register.filter
def notice_tone(level_tag: str) -> str:
    """The `.notice--*` class of a message's level."""
    return {"success": "ok", "warning": "warn", "error": "bad"}.get(level_tag, "info")
