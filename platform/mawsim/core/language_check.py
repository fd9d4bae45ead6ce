"""Is a text in the language that its author declares?

The author's word stands: a guess only asks to confirm it. The wrong script is no guess, and is refused.
The detector is loaded on first use, never while a process starts.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from mawsim.core.scripts import SCRIPT_OF_LANGUAGE, script_of, share, without_names

if TYPE_CHECKING:
    from lingua import LanguageDetector

JUDGED_FROM = 8.0  # weight of letters below which a script is not judged
GUESSED_FROM = 24  # letters below which a language is not guessed
_WRONG, _DOUBTFUL = 0.2, 0.5  # share of the right script below which a text is so
_SURE, _UNLIKELY = 0.8, 0.1  # the detector's confidence in another language, and in the declared one
# Too close for a short text: the detector mistakes one for the other.
_ALIKE = ({"id", "ms"},)
_LINGUA = {
    "ko": "KOREAN",
    "en": "ENGLISH",
    "id": "INDONESIAN",
    "ms": "MALAY",
    "vi": "VIETNAMESE",
    "th": "THAI",
    "tl": "TAGALOG",
    "ar": "ARABIC",
    "he": "HEBREW",
    "fa": "PERSIAN",
    "tr": "TURKISH",
    "zh-Hans": "CHINESE",
}


class Verdict(StrEnum):
    FITS = "fits"
    DOUBTFUL = "doubtful"  # the author may confirm
    WRONG = "wrong"  # another script


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    looks_like: str | None = None  # a language code, where the detector is sure


def check(text: str, declared: str, *, is_name: bool = False) -> Finding:
    """How `text` fits the declared language.

    `is_name` is for titles: they may be a product's name in Latin letters, whatever the language.
    """
    right = SCRIPT_OF_LANGUAGE[declared]
    part, weight = share(text, right)
    if weight < JUDGED_FROM:
        return Finding(Verdict.FITS)
    if is_name and right != "latin" and part + share(text, "latin")[0] >= _DOUBTFUL:
        return Finding(Verdict.FITS)
    if part < _WRONG:
        return Finding(Verdict.WRONG)
    if part < _DOUBTFUL:
        return Finding(Verdict.DOUBTFUL)
    return Finding(Verdict.FITS) if is_name else _guess(text, declared)


def _guess(text: str, declared: str) -> Finding:
    """The detector's opinion, for the languages that share a script with others."""
    words = without_names(text)
    letters = sum(1 for letter in words if script_of(letter) == SCRIPT_OF_LANGUAGE[declared])
    if declared not in _LINGUA or letters < GUESSED_FROM or not _shares_script(declared):
        return Finding(Verdict.FITS)
    confidence = {
        _code(entry.language.name): entry.value
        for entry in _detector().compute_language_confidence_values(words)
    }
    best = max(confidence, key=lambda code: confidence[code])
    alike = any({best, declared} <= pair for pair in _ALIKE)
    if best == declared or alike or confidence[best] < _SURE or confidence[declared] > _UNLIKELY:
        return Finding(Verdict.FITS)
    return Finding(Verdict.DOUBTFUL, best)


def _shares_script(declared: str) -> bool:
    return SCRIPT_OF_LANGUAGE[declared] in {"latin", "arabic"}


def _code(name: str) -> str:
    return next(code for code, known in _LINGUA.items() if known == name)


@cache
def _detector() -> "LanguageDetector":
    from lingua import Language, LanguageDetectorBuilder

    known = [getattr(Language, name) for name in _LINGUA.values()]
    return LanguageDetectorBuilder.from_languages(*known).with_low_accuracy_mode().build()
