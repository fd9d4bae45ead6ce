"""Cut a text into sentences, so that putting them together gives the text again."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

LONGEST = 400  # characters of a sentence; what has no full stop is cut at clauses, then at spaces
_THAI_PHRASE = 80
"""Thai has no full stop: phrases, which spaces end, are joined until they are this long."""

_LINE_GAP = re.compile(r"\s*\n\s*")
# sentencex knows neither the Khmer full stop nor that of Burmese within a line without a space.
_OWN_ENDS = {
    "km": re.compile("(?<=[\u17d4\u17d5\u17da!?！？])(?![\u17d4\u17d5\u17da!?！？])\\s*"),
    "my": re.compile("(?<=[\u104b!?！？])(?![\u104b!?！？])\\s*"),
}
_THAI_SPACE = re.compile("(?<=[\u0e01-\u0e5b]) +(?=[\u0e01-\u0e5b])|(?<=[!?]) +")
_THAI_LAST_WORD = re.compile("(?:ครับ|ค่ะ|คะ|[!?])\\s*$")
_CLAUSE = re.compile(r"[,;:،؛、，；：៖။၊]\s*(?=[^,;:،؛、，；：៖။၊]*$)")
_SPACE = re.compile(r"\s+(?=\S*$)")
_INSIDE_NUMBER = re.compile(r"\d[.,:]\d")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`gap` is the white space that follows, `start` where it stands in the normalised text."""

    text: str
    gap: str
    start: int


def normalised(text: str) -> str:
    """NFC, line ends as "\\n", without what has no place in a text: controls, broken surrogates, and
    the controls of direction that make a text look like another."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = text if text.isprintable() else "".join(one for one in text if not _is_dropped(one))
    return unicodedata.normalize("NFC", kept).strip()


def _is_dropped(character: str) -> bool:
    if character in "\n\t\u200b\u200c\u200d\u200e\u200f\u2060\u00ad\u061c":
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"}


def gap_in(gap: str, target: str) -> str:
    """White space between two sentences of a translation: as in the original, but that Chinese sets none
    and the others need some."""
    if "\n" in gap:
        return gap
    return "" if target == "zh-Hans" else gap or " "


def sentences(text: str, language: str) -> list[Sentence]:
    """The sentences in order; "".join(s.text + s.gap) is `normalised(text)`. A line break ends one."""
    text = normalised(text)
    found: list[Sentence] = []
    start = 0
    for gap in [*_LINE_GAP.finditer(text), None]:
        end = gap.start() if gap else len(text)
        parts = _in_line(text[start:end], language)
        for index, part in enumerate(parts):
            words = part.rstrip()
            after = part[len(words) :] + (gap.group() if gap and index == len(parts) - 1 else "")
            found.append(Sentence(words, after, start))
            start += len(part)
        start = gap.end() if gap else end
    return found


def _in_line(line: str, language: str) -> list[str]:
    """Pieces that make up the line, each with the spaces that follow it, none blank."""
    pieces = [part for piece in _by_language(line, language) for part in _cut(piece)]
    merged: list[str] = []
    for piece in pieces:
        if merged and not piece.strip():
            merged[-1] += piece
        elif piece:
            merged.append(piece)
    return merged


def _by_language(line: str, language: str) -> list[str]:
    if language in _OWN_ENDS:
        return _at([match.end() for match in _OWN_ENDS[language].finditer(line)], line)
    if language == "th":
        return _thai(line)
    import sentencex

    parts = list(sentencex.segment(language.partition("-")[0], line))
    return parts if "".join(parts) == line else [line]


def _at(cuts: list[int], line: str) -> list[str]:
    edges = [0, *cuts, len(line)]
    return [line[left:right] for left, right in pairwise(edges)]


def _thai(line: str) -> list[str]:
    parts = [""]
    for phrase in _at([match.end() for match in _THAI_SPACE.finditer(line)], line):
        parts[-1] += phrase
        if len(parts[-1]) >= _THAI_PHRASE or _THAI_LAST_WORD.search(phrase):
            parts.append("")
    return parts


def _cut(piece: str) -> list[str]:
    parts = []
    while len(piece.rstrip()) > LONGEST:
        end = _place(piece[: LONGEST + 1])
        parts.append(piece[:end])
        piece = piece[end:]
    return [*parts, piece]


def _place(window: str) -> int:
    """Where to cut: after the last clause, else after the last space, else between two letters."""
    for pattern in (_CLAUSE, _SPACE):
        found = pattern.search(window)
        if found and found.end() > LONGEST // 4 and not _INSIDE_NUMBER.match(window[found.start() - 1 :]):
            return min(found.end(), LONGEST)
    end = LONGEST
    # A vowel sign or tone mark stays with its consonant, a number is not cut in two.
    while end > LONGEST // 2 and (
        unicodedata.category(window[end]).startswith("M")
        or (window[end].isdigit() and window[end - 1].isdigit())
    ):
        end -= 1
    return end
