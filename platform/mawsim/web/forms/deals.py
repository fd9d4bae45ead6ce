"""Forms of interests and conversations. The limits are the actions'; what they refuse is shown here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mawsim.core import cldr, languages
from mawsim.core.errors import Conflict, InvalidInput, TooMany
from mawsim.core.limits import limit
from mawsim.deals.models import DeclineReason
from mawsim.web.forms.organisations import show_errors

_OUT_OF_DATE = _("This page was out of date. Please send it again.")
T = TypeVar("T")


class _Written(forms.Form):
    """A text in a declared language, with a token by which the same form counts once."""

    language = forms.ChoiceField(label=_("Language of your text"))
    submission_token = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _OUT_OF_DATE, "invalid": _OUT_OF_DATE}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = languages.current().code
        cast(forms.ChoiceField, self.fields["language"]).choices = [
            (code, f"{native} · {cldr.language_name(code, here)}" if code != here else native)
            for code, native in languages.CHOICES
        ]
        self.initial.setdefault("language", here)
        # Also where the form comes back with an error: a used token would never be accepted again.
        self.fresh_token = str(uuid4())


class InterestForm(_Written):
    purpose = forms.CharField(
        label=_("What do you have in mind?"),
        help_text=_(
            "Say who you are, what you want to do together and when. 30 to 1,500 characters, in the "
            "language you know best."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )
    field_order = ("purpose", "language", "submission_token")


class MessageForm(_Written):
    text = forms.CharField(label=_("Your message"), widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}))
    field_order = ("text", "language", "submission_token")


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *DeclineReason.choices])
    note = forms.CharField(
        label=_("A few words to them"),
        required=False,
        help_text=_("At most 500 characters."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What an attempt gave: its result, or how the page that shows the form again is answered."""

    result: T | None
    status: int = 200
    retry_after: int | None = None

    def tell(self, response: HttpResponse) -> HttpResponse:
        """Put status and headers on the page that shows the form again."""
        response.status_code = self.status
        if self.retry_after is not None:
            response["Retry-After"] = str(self.retry_after)
        return response


def attempt(
    request: HttpRequest, form: forms.Form, name: str, per_minute: int, step: Callable[[dict[str, Any]], T]
) -> Outcome[T]:
    """Take the step with what the form holds. Whatever refuses it is shown in the form: no text is lost."""
    try:
        limit(request, name, per_minute=per_minute)
        if form.is_valid():
            return Outcome(step(form.cleaned_data))
    except InvalidInput as error:
        show_errors(form, error)
    except Conflict as error:
        show_errors(form, error)
        return Outcome(None, 409)
    except TooMany as error:
        form.add_error(None, _wait(error.retry_after))
        return Outcome(None, 429, error.retry_after)
    return Outcome(None, 422)


def _wait(seconds: int) -> str:
    message = ngettext(
        "That was a lot at once. Please send it again in %(seconds)s second.",
        "That was a lot at once. Please send it again in %(seconds)s seconds.",
        seconds,
    )
    return message % {"seconds": cldr.quantity(seconds, languages.current().code)}
