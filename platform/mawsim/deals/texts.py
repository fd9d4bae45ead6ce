"""What may be written in a deal."""

import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mawsim.core import cldr, languages
from mawsim.core.errors import InvalidInput
from mawsim.core.scripts import SCRIPT_OF_LANGUAGE, share
from mawsim.core.text import HIDDEN_CHARACTERS, has_hidden_characters, tidy
from mawsim.deals.models import MESSAGE_MAX, NOTE_MAX, PURPOSE_MAX, PURPOSE_MIN
from mawsim.listings.content import wrong_script

_JUDGED_FROM = 8.0  # weight of letters below which the script of a text is not judged
_WRONG_BELOW = 0.2  # share of the declared language's script


def clean_purpose(text: str, language: str) -> str:
    """30 to 1500 characters after trimming; what cannot be seen does not count towards the 30."""
    purpose = _clean("purpose", text, PURPOSE_MAX)
    if _visible_length(purpose) < PURPOSE_MIN:
        raise InvalidInput({"purpose": _too_short(_visible_length(purpose))})
    check_language(purpose, language)
    return purpose


def clean_message(text: str, language: str) -> str:
    """1 to 4000 characters after trimming."""
    message = _clean("text", text, MESSAGE_MAX)
    if not _visible_length(message):
        raise InvalidInput({"text": _("Write a message.")})
    check_language(message, language)
    return message


def clean_note(text: str) -> str:
    """Nothing, or up to 500 characters."""
    return _clean("note", text, NOTE_MAX)


def check_language(text: str, language: str) -> None:
    """A known language whose script the text is in: translation relies on the author's word."""
    if language not in languages.BY_CODE:
        raise InvalidInput({"language": _("Choose a language from the list.")})
    part, weight = share(text, SCRIPT_OF_LANGUAGE[language])
    if weight >= _JUDGED_FROM and part < _WRONG_BELOW:
        raise InvalidInput({"language": wrong_script(language)})


def _clean(field: str, text: str, limit: int) -> str:
    cleaned = tidy(text)
    if len(cleaned) > limit:
        raise InvalidInput({field: _too_long(len(cleaned), limit)})
    if has_hidden_characters(cleaned, multiline=True) or "\ufffd" in cleaned:
        raise InvalidInput({field: HIDDEN_CHARACTERS})
    return cleaned


def _visible_length(text: str) -> int:
    """Characters, with every run of white space as one and without those that have no width."""
    return sum(unicodedata.category(character) != "Cf" for character in " ".join(text.split()))


def _number(value: int) -> str:
    return cldr.quantity(value, languages.current().code)


def _too_short(length: int) -> str:
    message = ngettext(
        "Write at least %(limit)s characters, so that the other side can judge. So far there is %(length)s.",
        "Write at least %(limit)s characters, so that the other side can judge. So far there are %(length)s.",
        length,
    )
    return message % {"limit": _number(PURPOSE_MIN), "length": _number(length)}


def _too_long(length: int, limit: int) -> str:
    message = ngettext(
        "This is %(excess)s character too long; at most %(limit)s are possible.",
        "This is %(excess)s characters too long; at most %(limit)s are possible.",
        length - limit,
    )
    return message % {"excess": _number(length - limit), "limit": _number(limit)}
