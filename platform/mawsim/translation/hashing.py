"""The keys under which the memory knows a text."""

import hashlib
import unicodedata
from collections.abc import Iterable

from mawsim.translation.facts import find
from mawsim.translation.sentinels import mask


def source_hash(text: str) -> str:
    """SHA-256 (hex) of the text in NFC with every run of white space as one space.

    A space or a line break more must not lose a reviewed translation; case and punctuation count.
    """
    return hashlib.sha256(" ".join(unicodedata.normalize("NFC", text).split()).encode()).hexdigest()


def masked_hash(text: str, language: str) -> str:
    """The hash of the text without its facts: the same for "12 beds" and "40 beds". Empty without facts."""
    facts = find(text, language)
    return source_hash(mask(text, facts).text) if facts else ""


def fingerprint(parts: Iterable[str]) -> str:
    """32 hex digits for a set of strings, in whatever order; empty for none."""
    ordered = sorted(set(parts))
    return hashlib.sha256("\x1f".join(ordered).encode()).hexdigest()[:32] if ordered else ""
