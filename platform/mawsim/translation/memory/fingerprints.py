"""MinHash bands: short lists of integers that similar sentences have in common.

A sentence is a set of letter n-grams. Of 6 x 32 random orderings of all n-grams each keeps the first that
the sentence has; six of them make a band. Sentences that share 77 % of their n-grams (one word of ten is
another) agree in at least one band with 99.9 % probability, those that share 60 % with 78 %, and those that
share 25 %, as any two sentences of one trade may, with 0.8 %: so an inverted index over the bands finds the
near ones among a million without reading the others. Source: A. Broder, "On the resemblance and
containment of documents" (1997).
"""

import unicodedata
import zlib

import numpy as np

from mawsim.translation.scopes import Scope

BANDS, ROWS = 32, 6
_SEED = 20261122
_random = np.random.default_rng(_SEED)
_FACTORS = (_random.integers(1, 2**63, size=(BANDS * ROWS, 1), dtype=np.uint64) << np.uint64(1)) | np.uint64(
    1
)
_OFFSETS = _random.integers(0, 2**63, size=(BANDS * ROWS, 1), dtype=np.uint64)
_MIX = _random.integers(1, 2**63, size=(1, ROWS), dtype=np.uint64) | np.uint64(1)
_LENGTHS = {"ko": 2, "zh-Hans": 1, "th": 3, "lo": 3, "km": 3, "my": 3}  # of an n-gram; else 4


class _Letters(dict[int, str]):
    """Translation table: letters, marks and digits stay, all else is a space."""

    def __missing__(self, code: int) -> str:
        self[code] = kept = chr(code) if unicodedata.category(chr(code))[0] in "LMN" else " "
        return kept


_LETTERS = _Letters()


def grams(text: str, language: str) -> set[str]:
    """The letter n-grams, without case and with every run of space and punctuation as one space."""
    size = _LENGTHS.get(language, 4)
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS).split())
    padded = f" {words} "
    return {padded[start : start + size] for start in range(max(len(padded) - size + 1, 1))}


def bands(text: str, source: str, target: str, scope: Scope) -> list[int]:
    """32 signed 32-bit integers, the same for the same arguments on every machine."""
    salt = zlib.crc32(f"{source}>{target}|{scope.kind}|{scope.id}".encode())
    values = np.array([zlib.crc32(gram.encode()) for gram in grams(text, source)], dtype=np.uint64)
    with np.errstate(over="ignore"):
        firsts = ((values * _FACTORS + _OFFSETS) >> np.uint64(32)).min(axis=1).reshape(BANDS, ROWS)
        mixed = (firsts * _MIX).sum(axis=1, dtype=np.uint64) + np.arange(BANDS, dtype=np.uint64)
        mixed = (mixed ^ np.uint64(salt)) * _FACTORS[0, 0]
    found: list[int] = (mixed >> np.uint64(32)).astype(np.uint32).astype(np.int32).tolist()
    return found
