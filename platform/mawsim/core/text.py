"""Text that people send in: one place that says which characters are not text at all."""

import unicodedata

from django.utils.translation import gettext_lazy as _

# Embeddings, overrides and isolates of direction: they reorder what stands around the text, so that a
# name can pose as another. The plain marks (LRM, RLM, ALM) and the joiners are part of real writing.
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS_AND_MARKS = frozenset("\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060")
# Letters and symbols without a shape: a name made of them would be no name.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_LINE_BREAKS = frozenset("\n\t")
_MARKS_IN_A_ROW = 30  # the Stream-Safe Text Format of UAX #15: no writing stacks more
_NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})  # not Cn: newer emoji are unassigned to Python

HIDDEN_CHARACTERS = _("This contains characters that cannot be seen. Please type it again without them.")


def tidy(text: str) -> str:
    """NFC, line ends as "\\n", nothing around it.

    Text with endless runs of marks stays as it is, for `has_hidden_characters` to refuse: composing takes
    time that grows with the square of a run.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return text if _has_endless_marks(text) else unicodedata.normalize("NFC", text).strip()


def has_hidden_characters(text: str, *, multiline: bool = False) -> bool:
    """Whether the text holds control characters, bidirectional controls or what is no character.

    `multiline` allows line breaks and tabs. The joiners that Persian, Khmer or emoji need pass, and so
    do the zero-width spaces of Lao, Khmer and Thai.
    """
    if text.isprintable() and _BLANKS.isdisjoint(text):  # most texts: nothing to look at one by one
        return _has_endless_marks(text)
    return any(_is_hidden(character, multiline) for character in text) or _has_endless_marks(text)


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: spaces, joiners and marks of direction."""
    return all(character.isspace() or character in _JOINERS_AND_MARKS for character in text)


def _has_endless_marks(text: str) -> bool:
    run = 0
    for character in "" if text.isascii() else text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > _MARKS_IN_A_ROW:
            return True
    return False


def _is_hidden(character: str, multiline: bool) -> bool:
    if character in _BIDI_CONTROLS or character in _BLANKS:
        return True
    if character in _JOINERS_AND_MARKS or (multiline and character in _LINE_BREAKS):
        return False
    return unicodedata.category(character) in _NOT_TEXT or _is_noncharacter(ord(character))


def _is_noncharacter(point: int) -> bool:
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF


def isolated(text: str) -> str:
    """The text between isolates, so that its direction stays inside it in plain text (mail, notices)."""
    return f"\u2068{text}\u2069"
