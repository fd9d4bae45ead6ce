"""In which script a text is written, counted so that product names and acronyms do not count.

A Korean or Khmer text about MRI, OpenVINO or GPT-4 is still Korean or Khmer.
"""

import re
from collections import defaultdict
from functools import cache

SCRIPT_OF_LANGUAGE: dict[str, str] = {
    "ko": "hangul",
    "th": "thai",
    "km": "khmer",
    "lo": "lao",
    "my": "myanmar",
    "he": "hebrew",
    "ar": "arabic",
    "fa": "arabic",
    "zh-Hans": "han",
    "en": "latin",
    "id": "latin",
    "ms": "latin",
    "vi": "latin",
    "tl": "latin",
    "tr": "latin",
}
_RANGES: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x005A, "latin"),
    (0x0061, 0x007A, "latin"),
    (0x00C0, 0x024F, "latin"),
    (0x1E00, 0x1EFF, "latin"),
    (0x0370, 0x03FF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFC, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x0E01, 0x0E3A, "thai"),
    (0x0E40, 0x0E4E, "thai"),
    (0x0E81, 0x0EDF, "lao"),
    (0x1000, 0x109F, "myanmar"),
    (0x1780, 0x17DD, "khmer"),
    (0x1100, 0x11FF, "hangul"),
    (0xAC00, 0xD7A3, "hangul"),
    (0x3040, 0x30FF, "kana"),
    (0x3400, 0x4DBF, "han"),
    (0x4E00, 0x9FFF, "han"),
    (0xF900, 0xFAFF, "han"),
)
# A syllable or a character says about as much as this many letters.
_WEIGHTS = {"hangul": 2.5, "han": 2.5, "kana": 1.5}
_WORD = re.compile(r"[^\W_]+(?:[-.&+/'’][^\W_]+)*")
# Each part starts where a run starts and nowhere inside it, or a long run would be read from every letter.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|(?<!\S)\S+@\S+|(?<![\w-])[\w-]+\.(?:com|net|org|io|ai|kr|co)\b\S*", re.IGNORECASE
)


@cache
def script_of(character: str) -> str | None:
    """The script of a letter or vowel sign; None for digits, punctuation and scripts beyond the table."""
    point = ord(character)
    return next((name for low, high, name in _RANGES if low <= point <= high), None)


def weights(text: str) -> dict[str, float]:
    """{script: weight} of the text's letters, without addresses, acronyms and product names."""
    total: defaultdict[str, float] = defaultdict(float)
    for character in without_names(text):
        if script := script_of(character):
            total[script] += _WEIGHTS.get(script, 1)
    return dict(total)


def share(text: str, script: str) -> tuple[float, float]:
    """(share of the script among the letters that count, weight of all letters that count)."""
    counted = weights(text)
    if script == "hangul" and "hangul" in counted:
        counted.pop("han", 0)  # Korean may explain a word by its characters
    if script == "han" and "kana" in counted:
        counted["kana"] += counted.pop("han", 0)  # Japanese
    total = sum(counted.values())
    return (counted.get(script, 0) / total if total else 0.0), total


def without_names(text: str) -> str:
    """The text without addresses, acronyms and product names."""
    words = _ADDRESS.sub(" ", text)
    return " ".join(_WORD.sub(lambda match: " " if _is_name(match.group()) else match.group(), words).split())


def _is_name(word: str) -> bool:
    """An acronym or a product's name: LLM, eKYC, GPT-4, OpenVINO, 5G, CT/MRI."""
    if not word.isascii():
        return False
    letters = [letter for letter in word if letter.isalpha()]
    return any(letter.isdigit() for letter in word) or any(letter.isupper() for letter in letters[1:])
