"""The key under which the memory knows a text."""

import hashlib
import unicodedata


def source_hash(text: str) -> str:
    """SHA-256 (hex) of the text in NFC with every run of white space as one space.

    A space or a line break more must not lose a reviewed translation; case and punctuation count.
    """
    return hashlib.sha256(" ".join(unicodedata.normalize("NFC", text).split()).encode()).hexdigest()
