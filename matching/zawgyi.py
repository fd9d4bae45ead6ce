"""Burmese in the Zawgyi encoding: found by its spelling, and rewritten in Unicode.

Zawgyi is a font's numbering of glyphs that took Unicode's code points for Burmese and gave many of them
other meanings. Letters are stored as they are seen from left to right, so a vowel drawn before its consonant
stands before it; the sign that kills a vowel has the code of Unicode's stacker; and stacked letters have
codes which in Unicode are letters of Shan, Mon and Karen. No code point says which encoding a text is in.
Its order does: each encoding writes sequences that the other cannot (see `_ZAWGYI` and `_UNICODE`).

Written from the two encodings themselves: Unicode chapter 16.3, UTN #11, and the glyph chart of Zawgyi-One.
"""

from __future__ import annotations

import re
import unicodedata

_C = "\u1000-\u1021"
# What a vowel sign may follow in some language of the script: letters and medials, Shan, Mon, Karen.
_BASE = (
    f"{_C}\u1022-\u102a\u103b-\u103f\u1040\u1044\u1047\u104e\u1050-\u1055\u105a-\u1061\u1065\u1066"
    "\u106e-\u1070\u1075-\u1082\u108e\ua9e0-\ua9e4\ua9e7-\ua9fe\uaa60-\uaa6f\uaa71-\uaa73\uaa7a\u25cc"
)
_STACKED = (
    f"{_C}\u1025\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\uaa60-\uaa7f"
)
_PREFIXED = "\u103b\u107e-\u1084"
# Letters that Shan does not have, so that "Shan letters" beside them are Zawgyi's.
_NOT_SHAN = "\u1000-\u1003\u1005-\u1007\u1009-\u100f\u1012\u1013\u1014\u1016-\u1018\u101f\u1021"
# Every alternative starts with a letter or sign and looks back from there: so the search can skip the rest.
_ZAWGYI = re.compile(
    "|".join(
        [
            # The killer, where the stacker would have nothing to stack, or nothing to stack it on.
            f"\u1039(?:(?![{_STACKED}])|(?<![{_STACKED}\u103a]\u1039)|(?<=\u1004\u1039))",
            f"\u1031(?=[{_PREFIXED}\u1090])|\u1031(?<![{_BASE}]\u1031)(?=\u108f)",
            f"\u103b(?<![{_BASE}\u103a]\u103b)(?=[{_C}\u1025\u1029\u106a\u106b\u108f\u1090])",
            f"\u103b(?<=[\u1021\u1023-\u102a]\u103b)(?=[{_C}])",
            "\u103a(?=[\u102b-\u102e\u1032\u1036])",  # medial ya with a vowel, where it would be the killer
            "\u108f(?=[\u102b-\u1030\u1032-\u1034\u1036\u1037\u1039-\u103e\u1075-\u107c\u1088])",
            f"[\u107e-\u1081](?=[{_NOT_SHAN}])|[\u107f\u1080](?=[{_C}])",
            f"[\u1075-\u107c](?=[{_NOT_SHAN}\u102b\u102c\u1033\u1034])",
            f"[\u1075-\u107c](?<=[{_NOT_SHAN}\u102c][\u1075-\u107c])(?![\u103a\u1082])",
            f"[\u1075-\u107c](?<=[{_NOT_SHAN}][\u102d-\u1030][\u1075-\u107c])(?![\u103a\u1082])",
            "[\u1063\u1064\u1067-\u106d\u1071-\u1074](?=[\u102b-\u1030\u1032-\u1034])",
            "[\u1065\u1068](?<=\u1025[\u1065\u1068])|\u1064(?<=\u1002\u1064)(?=\u101c)",
            "[\u1094\u1095](?<=[\u102d-\u1030\u1032-\u1034\u1039\u103d][\u1094\u1095])",
        ]
    )
)
# Pairs that Burmese stacks: two of one row, or a letter with itself.
_ROWS = [
    f"[{row}]"
    for row in ("\u1000-\u1004", "\u1005-\u100a", "\u100b-\u100f", "\u1010-\u1014", "\u1015-\u1019")
]
_PAIRS = "|".join(f"(?<={row}\u1039){row}" for row in [*_ROWS, *"\u101a\u101b\u101c\u101d\u101e\u1020"])
# Weaker marks. A killed letter that happens to stand before another: loan words and Mon stack anything. The
# commonest word with a letter that is a tone of Shan. The vowel e before its letter: some type Unicode so.
_RATHER_ZAWGYI = re.compile(
    f"\u1039(?<=[{_C}\u102b-\u1032\u1039-\u103e][{_C}]\u1039)(?=[{_C}])(?!{_PAIRS})"
    f"|\u1088(?<=\u1019\u1088)"
    f"|\u1031(?<![{_BASE}]\u1031)(?=[{_C}\u1025\u1029\u103f\u106a\u106b\u1086])"
)
_UNICODE = re.compile(
    "|".join(
        [
            f"(?<=[{_C}\u103b-\u103e\u1082])\u1031(?![{_BASE}\u106a\u106b\u1086\u108f\u1090])",
            f"(?<!\u1031[{_C}])\u103a[\u1037\u1038\u1087-\u108d\u108f\uaa7b]|\u1037\u103a|\u103a\u1039",
            "[\u102b\u102c\u1062]\u103a(?![\u102b-\u1030])",
            "\u105a(?=[\u102d-\u1032\u103a-\u103e])",
            "\u1082\u103a|\uaa7b",
        ]
    )
)
# The killer at the end of a syllable; weaker, as it can be the medial ya of a word without a vowel.
_RATHER_UNICODE = re.compile(f"(?<=[{_C}])\u103a(?=[{_C}\u104a\u104b\u1075-\u1081]|[^\u1000-\u109f]|$)")
_CHUNK = re.compile(r"\S+")


def is_zawgyi(text: str) -> bool:
    """Say whether the text's spelling is more Zawgyi's than Unicode's; what could be either is not."""
    return _weigh(text) > 0


def to_unicode(text: str) -> str:
    """Return `text` with its Zawgyi parts in Unicode, NFC; other text unchanged. Idempotent, never raises.

    Decided between white space: what could be either follows the rest of the text. Expects text without
    zero-width characters.
    """
    if not (_ZAWGYI.search(text) or _RATHER_ZAWGYI.search(text)):
        return text
    total = _weigh(text)
    converted = _CHUNK.sub(lambda chunk: _convert_chunk(chunk[0], total), text)
    # What still looks like Zawgyi was damaged or no Burmese: better left alone, and left alone the next time.
    return text if converted == text or _still_zawgyi(converted) else converted


def _still_zawgyi(text: str) -> bool:
    total = _weigh(text)
    return any(_convert_chunk(chunk, total) != chunk for chunk in text.split())


def _convert_chunk(chunk: str, total: int) -> str:
    own = _weigh(chunk)
    # Against the rest of the text only what is plainly Zawgyi: a slip in Unicode looks like it, too.
    if own >= 4 or (total > 0 and own >= 0):
        return convert(chunk)
    return chunk


def _weigh(text: str) -> int:
    """Return the marks of Zawgyi less those of Unicode; two for a sequence that the other cannot have."""
    zawgyi = 2 * _count(_ZAWGYI, text) + _count(_RATHER_ZAWGYI, text)
    return zawgyi - 2 * _count(_UNICODE, text) - _count(_RATHER_UNICODE, text)


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))


# --- Conversion ------------------------------------------------------------------------------------
_STACKS = {
    0x1060: "\u1000", 0x1061: "\u1001", 0x1062: "\u1002", 0x1063: "\u1003", 0x1065: "\u1005",
    0x1066: "\u1006", 0x1067: "\u1006", 0x1068: "\u1007", 0x1069: "\u1008", 0x106C: "\u100b",
    0x106D: "\u100c", 0x1070: "\u100f", 0x1071: "\u1010", 0x1072: "\u1010", 0x1073: "\u1011",
    0x1074: "\u1011", 0x1075: "\u1012", 0x1076: "\u1013", 0x1077: "\u1014", 0x1078: "\u1015",
    0x1079: "\u1016", 0x107A: "\u1017", 0x107B: "\u1018", 0x107C: "\u1019", 0x1085: "\u101c",
    0x1093: "\u1018",
}  # fmt: skip
_KINZI = "\u1004\u103a\u1039"
_CODES: dict[int, str] = {
    0x1033: "\u102f", 0x1034: "\u1030", 0x1039: "\u103a", 0x103A: "\u103b", 0x103B: "\u103c",
    0x103C: "\u103d", 0x103D: "\u103e", 0x105A: "\u102b\u103a", 0x1064: _KINZI, 0x106A: "\u1009",
    0x106B: "\u100a", 0x106E: "\u100d\u1039\u100d", 0x106F: "\u100d\u1039\u100e", 0x107D: "\u103b",
    **dict.fromkeys(range(0x107E, 0x1085), "\u103c"), 0x1086: "\u103f", 0x1087: "\u103e",
    0x1088: "\u103e\u102f", 0x1089: "\u103e\u1030", 0x108A: "\u103d\u103e", 0x108B: _KINZI + "\u102d",
    0x108C: _KINZI + "\u102e", 0x108D: _KINZI + "\u1036", 0x108E: "\u102d\u1036", 0x108F: "\u1014",
    0x1090: "\u101b", 0x1091: "\u100f\u1039\u100d", 0x1092: "\u100b\u1039\u100c", 0x1094: "\u1037",
    0x1095: "\u1037", 0x1096: "\u1039\u1010\u103d", 0x1097: "\u100b\u1039\u100b",
    **{code: f"\u1039{letter}" for code, letter in _STACKS.items()},
}  # fmt: skip

_KILLER, _LONG_A = "\u103a", "\u102b\u102c"
_MARK = f"{_KINZI}|\u1039[{_C}]|[\u102b-\u1030\u1032\u1036-\u1038\u103a\u103b\u103d\u103e]"
_SYLLABLE = re.compile(f"([\u1031\u103c]*)([{_C}\u1023-\u102a\u103f\u104e])((?:{_MARK})*)")
_MARKS = re.compile(_MARK)
_MEDIALS = "\u103b\u103c\u103d\u103e"
_ORDER = {
    mark: place
    for place, mark in enumerate(f"{_MEDIALS}\u1031\u102d\u102e\u1032\u102f\u1030{_LONG_A}\u1036\u1037\u1038")
}
"""The order of marks in Unicode (UTN #11)."""

# Zeros, sevens and fours that typists put for the letters of the same shape, also after digits became ASCII.
_SIGNS = "\u102b-\u1032\u1036-\u103a\u103c-\u103e\u1064\u1087-\u108e"
_ALONE = "(?<![0-9\u1040-\u1049.,])"
_ZERO_WA = re.compile(
    f"{_ALONE}[0\u1040](?=[{_SIGNS}]|[{_C}\u108f]\u1039)"
    f"|(?<=[{_C}\u102b-\u103e\u1094\u1095])[0\u1040](?=[{_C}\u1031{_PREFIXED}])"
)
_SEVEN_RA = re.compile(f"{_ALONE}[7\u1047](?=[{_SIGNS}])")
_ABBREVIATED = re.compile("[4\u1044\u104e](?=\u1004\u1039\u1038)")
_LIKENESS = (
    # One shape or sound, two letters: u for nya, s + ya for jha, s + ra for the vowel o.
    (re.compile("\u1025(?=[\u1039\u103a]|\u102c)"), "\u1009"),
    (re.compile("\u1025\u102e"), "\u1026"),
    (re.compile("\u1005\u103b"), "\u1008"),
    (re.compile("\u101e\u103c\u1031\u102c\u103a"), "\u102a"),
    (re.compile("\u1029\u1031\u102c\u103a"), "\u102a"),
    (re.compile("\u101e\u103c"), "\u1029"),
)


def convert(zawgyi: str) -> str:
    """Return Zawgyi as Unicode, NFC, whatever it looks like: ask `is_zawgyi` first."""
    text = _SEVEN_RA.sub("\u101b", _ZERO_WA.sub("\u101d", _ABBREVIATED.sub("\u104e", zawgyi)))
    text = re.sub("\u104e(?!\u1004)", "\u104e\u1004\u1039\u1038", text).translate(_CODES)
    text = _SYLLABLE.sub(_order_syllable, text)
    for pattern, replacement in _LIKENESS:
        text = pattern.sub(replacement, text)
    return unicodedata.normalize("NFC", text)


def _order_syllable(found: re.Match[str]) -> str:
    """Return a syllable as it is spoken, from one as it is seen; a mark written twice is written once."""
    before, letter, after = found.groups()
    marks = dict.fromkeys(_MARKS.findall(after))
    stacks = "".join(mark for mark in marks if mark[0] == "\u1039")
    ordered = "".join(sorted({*marks, *before} & {*_ORDER}, key=_ORDER.__getitem__))
    if _KILLER in marks:
        ordered = _kill(ordered, {*before, *list(marks)[: list(marks).index(_KILLER)]})
    return _KINZI * (_KINZI in marks) + letter + stacks + ordered


def _kill(marks: str, earlier: set[str]) -> str:
    """Put the killer behind the last medial or long a that was written earlier: these it kills."""
    killed = [place for place, mark in enumerate(marks, 1) if mark in earlier and mark in _MEDIALS + _LONG_A]
    place = killed[-1] if killed else 0
    return marks[:place] + _KILLER + marks[place:]
