"""Which sectors and technologies a text names, in any of the languages, by label or synonym."""

import re
import unicodedata
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from mawsim.core import languages
from mawsim.taxonomy.folding import fold
from mawsim.taxonomy.vocabulary import Vocabulary, terms

NAMED = (Vocabulary.SECTOR, Vocabulary.TECHNOLOGY)
_MOST_WORDS = 12
_WORD = re.compile(r"[^\W_]+(?:['&+.][^\W_]+)*")
# Scripts without spaces between words, and Korean, which glues particles to them: there a name counts
# wherever it stands. Folded Korean is in single letters.
_GLUED = re.compile("[\u0e01-\u0eff\u1000-\u11ff\u1780-\u17ff\u3130-\u318f\u3400-\u9fff]")
_LEAST_GLUED = 4  # letters, below which a name may be a piece of any word; of Chinese, two
_HAN = re.compile("[\u3400-\u9fff]")


class Mention(NamedTuple):
    """A code, and the words of the text that name it, without case and accents."""

    code: str
    words: str


def mentioned(text: str) -> list[Mention]:
    """Return what the text names, in order of code: "CCTV" names what "video surveillance" does."""
    folded = fold(text)
    spaced, glued = _names()
    words = _WORD.findall(folded)
    found: set[Mention] = set()
    for first in range(len(words)):
        for last in range(first + 1, min(first + _MOST_WORDS, len(words)) + 1):
            name = " ".join(words[first:last])
            found |= {Mention(code, name) for code in spaced.get(name, ())}
    if _GLUED.search(folded):
        for name, codes in glued.items():
            if name in folded:
                found |= {Mention(code, unicodedata.normalize("NFC", name)) for code in codes}
    return sorted(found)


@cache
def _names() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """{folded name: codes} of names between spaces, and of those that may stand anywhere."""
    spaced, glued = defaultdict(set), defaultdict(set)
    for vocabulary in NAMED:
        for language in languages.CODES:
            for entry in terms(vocabulary, language):
                for name in map(fold, (entry.label, *entry.synonyms)):
                    if _GLUED.search(name):
                        if len(name) >= (2 if _HAN.match(name) else _LEAST_GLUED):
                            glued[name].add(entry.code)
                    else:
                        spaced[" ".join(_WORD.findall(name))].add(entry.code)
    return (
        {name: frozenset(codes) for name, codes in spaced.items() if name},
        {name: frozenset(codes) for name, codes in glued.items()},
    )
