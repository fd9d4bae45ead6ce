"""What may be in a listing: every rule about its fields, each with an error that names the field."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from mawsim.core import cldr, languages
from mawsim.core.errors import InvalidInput, Message
from mawsim.core.language_check import Finding, Verdict, check
from mawsim.core.text import HIDDEN_CHARACTERS, has_hidden_characters, tidy
from mawsim.listings import details
from mawsim.listings.models import BODY_LENGTH, SUMMARY_LENGTH, TITLE_LENGTH, Field, Kind
from mawsim.taxonomy.vocabulary import Vocabulary, codes

LENGTHS = {Field.TITLE: TITLE_LENGTH, Field.SUMMARY: SUMMARY_LENGTH, Field.BODY: BODY_LENGTH}
# {field: (its vocabulary, how many at most)}: whoever is about everything is found for nothing.
LISTS: dict[str, tuple[Vocabulary, int]] = {
    "further_pillars": (Vocabulary.PILLAR, 5),
    "sectors": (Vocabulary.SECTOR, 6),
    "technologies": (Vocabulary.TECHNOLOGY, 12),
    "partnership_types": (Vocabulary.PARTNERSHIP, 6),
}
COUNTRIES_AT_MOST = 30
STAGES = range(1, 10)
REPLACEMENT = "\ufffd"  # what broken UTF-8 is decoded to
MARKS_IN_A_ROW = 8  # real words stack fewer; more hide what is around them


def clean(raw: Mapping[str, Any], *, language_confirmed: bool = False) -> dict[str, Any]:
    """The content as it is stored. InvalidInput holds every error at once.

    A text that seems to be in another language is an error at "language_confirmed" until the author
    confirms the declared one.
    """
    errors: dict[str, Message] = {}
    cleaned: dict[str, Any] = {}
    for name, read in _READERS.items():
        try:
            cleaned[name] = read(name, raw.get(name))
        except InvalidInput as error:
            errors |= error.errors
    try:
        cleaned["details"] = details.clean(cleaned.get("pillar", ""), raw.get("details") or {})
    except InvalidInput as error:
        errors |= error.errors if "pillar" in cleaned else {}
    errors |= _pillar_errors(cleaned)
    errors |= _language_errors(cleaned, language_confirmed)
    if errors:
        raise InvalidInput(errors)
    return cleaned


def clean_text(field: Field, value: Any) -> str:
    """A title, summary or body: tidy, of its length, without characters that cannot be seen."""
    text = tidy(value if isinstance(value, str) else "")
    if field != Field.BODY:
        text = " ".join(text.split())
    if problem := _text_problem(field, text):
        raise InvalidInput({field: problem})
    return text


def missing_for_review(content: Mapping[str, Any]) -> dict[str, Message]:
    """What a draft may lack and a listing under review may not: {field: error}."""
    return {} if content["sectors"] else {"sectors": _("Choose at least one sector.")}


def _text_problem(field: Field, text: str) -> Message | None:
    if not any(character.isalnum() for character in text) and (text or field != Field.BODY):
        return _("This field must not be empty.")
    if len(text) > LENGTHS[field]:
        message = _("This text is too long: %(length)s characters; %(limit)s are allowed.")
        return message % {"length": len(text), "limit": LENGTHS[field]}
    if REPLACEMENT in text:
        return _("Some characters could not be read. Please type or paste the text again.")
    if has_hidden_characters(text, multiline=field == Field.BODY) or _is_piled(text):
        return HIDDEN_CHARACTERS
    return None


def _is_piled(text: str) -> bool:
    """Whether combining marks are piled up so that they cover other lines."""
    run = 0
    for character in text:
        run = run + 1 if "\u0300" <= character <= "\u036f" else 0
        if run > MARKS_IN_A_ROW:
            return True
    return False


def _text(name: str, value: Any) -> str:
    return clean_text(Field(name), value)


def _one_of(known: Callable[[], Collection[str]]) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        if not value:
            raise InvalidInput({name: _("Please choose one.")})
        if not isinstance(value, str) or value not in known():
            raise InvalidInput({name: _("This choice is not in the list.")})
        return value

    return read


def _codes(name: str, value: Any) -> list[str]:
    vocabulary, at_most = LISTS[name]
    return _several(name, value, codes(vocabulary), at_most)


def _countries(name: str, value: Any) -> list[str]:
    return _several(name, value, sorted(cldr.country_codes()), COUNTRIES_AT_MOST)


def _several(name: str, value: Any, known: Collection[str], at_most: int) -> list[str]:
    """The codes in the order in which the author gave them, each once."""
    if not isinstance(value or [], list | tuple):
        raise InvalidInput({name: _("This choice is not in the list.")})
    chosen = list(value or [])
    if any(not isinstance(code, str) or code not in known for code in chosen):
        raise InvalidInput({name: _("This choice is not in the list.")})
    chosen = list(dict.fromkeys(chosen))
    if len(chosen) > at_most:
        raise InvalidInput({name: _("Choose at most %(number)s.") % {"number": at_most}})
    return chosen


def _stage(name: str, value: Any) -> int | None:
    if value in (None, ""):
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit()) or int(text[:3]) not in STAGES:
        raise InvalidInput({name: _("This choice is not in the list.")})
    return int(text)


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "kind": _one_of(lambda: Kind.values),
    "pillar": _one_of(lambda: codes(Vocabulary.PILLAR)),
    "further_pillars": _codes,
    "source_language": _one_of(lambda: languages.CODES),
    "title": _text,
    "summary": _text,
    "body": _text,
    "sectors": _codes,
    "technologies": _codes,
    "partnership_types": _codes,
    "target_countries": _countries,
    "stage": _stage,
}
FIELDS = (*_READERS, "details")


def _language_errors(cleaned: Mapping[str, Any], confirmed: bool) -> dict[str, Message]:
    """Wrong script: an error at the field. Doubt: one question for the whole listing."""
    declared = cleaned.get("source_language")
    if declared is None:
        return {}
    findings = {
        field: check(cleaned[field], declared, is_name=field == Field.TITLE)
        for field in Field
        if cleaned.get(field)
    }
    errors: dict[str, Message] = {
        field: wrong_script(declared)
        for field, finding in findings.items()
        if finding.verdict == Verdict.WRONG
    }
    doubts = [finding for finding in findings.values() if finding.verdict == Verdict.DOUBTFUL]
    if doubts and not errors and not confirmed:
        errors["language_confirmed"] = _doubt(declared, doubts)
    return errors


def _pillar_errors(cleaned: dict[str, Any]) -> dict[str, Message]:
    """What is sought first is not sought besides; an offer is about one thing."""
    further = cleaned.get("further_pillars")
    if further and cleaned.get("kind") == Kind.OFFER:
        return {"further_pillars": _("Only a need can ask for more than one thing. Post several offers.")}
    if further:
        cleaned["further_pillars"] = [code for code in further if code != cleaned.get("pillar")]
    return {}


def wrong_script(declared: str) -> str:
    message = _("This text does not look like %(language)s; choose its language or rewrite it.")
    return message % {"language": _language_name(declared)}


def _doubt(declared: str, doubts: list[Finding]) -> str:
    guess = next((doubt.looks_like for doubt in doubts if doubt.looks_like), None)
    if guess is None:
        message = _(
            "Is this text really in this language: %(language)s? If it is, confirm and send it again."
        )
        return message % {"language": _language_name(declared)}
    message = _(
        "The declared language is %(language)s, but the text looks like %(guess)s. "
        "If it is right as it stands, confirm and send it again."
    )
    return message % {"language": _language_name(declared), "guess": _language_name(guess)}


def _language_name(code: str) -> str:
    return cldr.language_name(code, languages.current().code)
