"""How a word is compared while somebody types it: without case, accents, vowel points or width."""

import unicodedata

# Marks that readers leave out when they type. The marks of Thai, Khmer, Lao and Burmese are vowels and
# tones: dropping those would merge different words.
_DROPPED = (
    *range(0x0300, 0x0370),  # Latin accents, which Vietnamese and Turkish typists leave out
    *range(0x0591, 0x05C8),  # Hebrew points
    *range(0x064B, 0x0660),  # Arabic vowel signs
    0x0640,  # Arabic tatweel
    0x0670,
    *range(0x200B, 0x2010),  # zero-width characters and direction marks
    0x2060,
    0xFEFF,
)
_SAME = {
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ٱ": "ا",
    "đ": "d",
    "ı": "i",
    "-": " ",
    "‑": " ",
    "_": " ",
    "/": " ",
    "·": " ",
}
_TABLE = {**dict.fromkeys(_DROPPED), **{ord(old): new for old, new in _SAME.items()}}


def fold(text: str) -> str:
    """The comparable form. Korean syllables come apart, so that a half-typed one is a prefix."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(decomposed.casefold().translate(_TABLE).split())
