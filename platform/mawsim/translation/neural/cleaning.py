"""Which sentence pairs are worth learning from."""

import re
import unicodedata

from mawsim.core.scripts import SCRIPT_OF_LANGUAGE, share, weights

from .config import ENGLISH, NeuralConfig

# Zero-width spaces and marks of direction: no two texts use them alike. ZWNJ is spelling in Persian.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_CODE = re.compile(r"[<>{}|\\`⟦⟧\x00-\x08]|%[sd(]|&#?\w+;|\$[A-Za-z_]|\w\(\)|[=_]{2,}|\w_\w|://.*://")
# Burmese in the Zawgyi encoding: the vowel e before its consonant, or letters that Unicode gives to others.
_ZAWGYI = re.compile("[\u1060-\u1097]|(?:^|[\\s(])\u1031")
_JUDGED_FROM = 8.0  # weight of letters below which a script is not judged
_COMPARED_FROM = 20.0  # weight of letters from which lengths are compared
_RIGHT_SCRIPT = 0.5
_COPIED = 0.6  # share of words that stand on the other side too


def normalise(text: str) -> str:
    """NFC, without what cannot be seen, every run of white space as one space."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def is_usable(english: str, text: str, language: str, config: NeuralConfig) -> bool:
    """Whether the normalised pair can be a sentence and its translation."""
    lengths = len(english), len(text)
    if min(lengths) < config.min_chars or max(lengths) > config.max_chars or english == text:
        return False
    if _CODE.search(english) or _CODE.search(text) or (language == "my" and _ZAWGYI.search(text)):
        return False
    if not _is_written_in(english, ENGLISH) or not _is_written_in(text, language):
        return False
    return _is_as_long(english, text, config.max_ratio) and not _is_copied(english, text)


def _is_written_in(text: str, language: str) -> bool:
    if not any(map(str.isalpha, text)):
        return False
    part, weight = share(text, SCRIPT_OF_LANGUAGE[language])
    return weight < _JUDGED_FROM or part >= _RIGHT_SCRIPT


def _is_as_long(english: str, text: str, ratio: float) -> bool:
    ours, theirs = sum(weights(english).values()), sum(weights(text).values())
    if max(ours, theirs) < _COMPARED_FROM:
        return True
    return max(ours, theirs) <= ratio * max(min(ours, theirs), 1.0)


def _is_copied(english: str, text: str) -> bool:
    words, theirs = english.casefold().split(), set(text.casefold().split())
    return len(words) >= 4 and sum(word in theirs for word in words) > _COPIED * len(words)
