"""Unicode Burmese written in Zawgyi, the way back of `matching.zawgyi`, to make texts for its tests."""

from __future__ import annotations

import re

_KINZI = "\u1004\u103a\u1039"
_SYLLABLE = re.compile(
    f"({_KINZI})?([\u1000-\u102a\u103f])((?:\u1039[\u1000-\u1021])*)([\u102b-\u1032\u1036-\u1038\u103a-\u103e]*)"
)
# Stacked letters from ka to la in the order of Zawgyi's codes, then the pairs that have a code as one.
_STACKED = dict(
    zip(
        "ကခဂဃစဆဇဈဋဌဏတထဒဓနပဖဗဘမလ",
        "\u1060\u1061\u1062\u1063\u1065\u1066\u1068\u1069\u106c\u106d\u1070"
        "\u1071\u1073\u1075\u1076\u1077\u1078\u1079\u107a\u107b\u107c\u1085",
        strict=True,
    )
)
_PAIRS = {"ဍ္ဍ": "\u106e", "ဍ္ဎ": "\u106f", "ဏ္ဍ": "\u1091", "ဋ္ဌ": "\u1092", "ဋ္ဋ": "\u1097"}
_MARKS = {0x103A: "\u1039", 0x103B: "\u103a", 0x103D: "\u103c", 0x103E: "\u103d", 0x1031: "", 0x103C: ""}
_SHAPES = (
    # The shapes that fonts choose by themselves were codes that people, or their keyboards, had to choose.
    (re.compile("\u103d\u102f"), "\u1088"),
    (re.compile("\u103d\u1030"), "\u1089"),
    (re.compile("\u103c\u103d"), "\u108a"),
    (re.compile("\u102d\u1036"), "\u108e"),
    (re.compile("\u1064\u102d"), "\u108b"),
    (re.compile("\u1014(?=[\u103c\u103d\u102f\u1030\u1060-\u107c\u1088-\u108a])"), "\u108f"),
    (re.compile("\u101b(?=[\u102f\u1030])"), "\u1090"),
    (re.compile("\u100a(?=[\u103c\u103d\u108a])"), "\u106b"),
    (re.compile("\u103b(?=[\u1000\u1003\u1006\u1010\u1011\u101a\u101c\u101e\u101f\u1021])"), "\u107e"),
    (re.compile("(?<=\u103a)\u102f"), "\u1033"),
    (re.compile("(?<=[\u103d\u102f\u1030\u1088])\u1037"), "\u1094"),
)


def to_zawgyi(text: str) -> str:
    """Return Unicode Burmese, NFC, in Zawgyi. Raises KeyError for a stack that Zawgyi cannot write."""
    return _SYLLABLE.sub(_write, text)


def _write(found: re.Match[str]) -> str:
    kinzi, letter, stacks, marks = found.groups()
    body = letter + stacks
    for pair, code in _PAIRS.items():
        body = body.replace(pair, code)
    body = re.sub("\u1039(.)", lambda stack: _STACKED[stack[1]], body.replace("\u103f", "\u1086"))
    before = "\u1031" * ("\u1031" in marks) + "\u103b" * ("\u103c" in marks)
    written = before + body + "\u1064" * bool(kinzi) + marks.translate(_MARKS)
    for shape, code in _SHAPES:
        written = shape.sub(code, written)
    return written
