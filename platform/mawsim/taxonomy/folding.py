"""How a word is compared while somebody types it: without case, accents, vowel points or width."""

import re
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
# Persian writes it inside a word; most keyboards have only the space. Burmese writes it too, but types no
# space in its place, so between other letters it is dropped.
_HALF_SPACE = "\u200c"
_HALF_SPACE_IN_A_WORD = re.compile(f"(?<=[\u0600-\u06ff]){_HALF_SPACE}+(?=[\u0600-\u06ff])")
_TABLE = {**dict.fromkeys(_DROPPED), **{ord(old): new for old, new in _SAME.items()}}


def fold(text: str) -> str:
    """The comparable form. Korean syllables come apart, so that a half-typed one is a prefix.

    A Persian half-space becomes a space.
    """
    spaced = _HALF_SPACE_IN_A_WORD.sub(" ", text.casefold())
    decomposed = unicodedata.normalize("NFKD", spaced)
    return " ".join(decomposed.casefold().translate(_TABLE).split())


def joined_tails(text: str) -> tuple[str, ...]:
    """The folded name from each of its words on, run together; empty if it holds no half-space.

    A word with a half-space is also typed in one piece or with more spaces than the rules have, and
    only without any spaces do all of these agree.
    """
    if _HALF_SPACE not in text:
        return ()
    words = fold(text.replace(_HALF_SPACE, "")).split()
    return tuple("".join(words[first:]) for first in range(len(words)))
