"""The one place where text is normalised, for training the encoder and for serving it.

A vector is only as good as the agreement between the text a model was trained on and the text it
is given, so nothing else in the project may normalise text for the encoder.
"""

from __future__ import annotations

import re
import unicodedata

from matching import zawgyi

MAX_CHARS = 20_000

_ARABIC_MARKS = {*range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06EE)}
_HEBREW_MARKS = {*range(0x0591, 0x05BE), 0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5, 0x05C7}
_VARIATION_SELECTORS = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
_TATWEEL = 0x0640
# In Zawgyi these are letters and tone marks: they stay until the encoding is known.
_SHAN_DIGITS = {0x1090 + digit: str(digit) for digit in range(10)}
_DROPPED = _ARABIC_MARKS | _HEBREW_MARKS | _VARIATION_SELECTORS | {_TATWEEL}

# One letter for what Arabic and Persian keyboards, and careless hamzas, write in several ways.
_LETTERS = {
    "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۀ": "ه",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
    # Turkish: a capital I is ı in Turkish and i elsewhere; without the language only one letter is stable.
    "ı": "i", "’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "‐": "-", "‑": "-",
}  # fmt: skip

_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class _Table(dict[int, str]):
    """Translation table that decides each code point once, on first sight."""

    def __missing__(self, code: int) -> str:
        self[code] = replacement = _replacement(code)
        return replacement


def _replacement(code: int) -> str:
    char = chr(code)
    if char in _LETTERS:
        return _LETTERS[char]
    if char.isspace():
        return " "
    if code in _DROPPED or unicodedata.category(char) in _DROPPED_CATEGORIES:
        return ""
    digit = None if code in _SHAN_DIGITS else unicodedata.decimal(char, None)
    return char if digit is None else str(digit)


_TABLE = _Table()
_ZWNJ_BETWEEN_ARABIC = re.compile("(?<=[\u0600-\u06ff])\u200c+(?=[\u0600-\u06ff])")
# NFKC takes the am-vowels apart, and writers put the tone mark on either side of the ring.
_THAI_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_LAO_AM = re.compile("\u0ecd([\u0ec8-\u0ecb]?)\u0eb2")
_BURMESE = re.compile("[\u1000-\u109f]")
_DOT_ABOVE_I = re.compile("(?<=i)\u0307+")


def normalise(text: str) -> str:
    """Return `text` as the encoder reads it; idempotent, never raises, at most `MAX_CHARS` long.

    NFKC, case folded, one form for Arabic and Persian letters, Thai and Lao am-vowels and all decimal
    digits; Burmese in the Zawgyi encoding rewritten in Unicode; without controls, bidi overrides,
    zero-width characters, harakat, niqqud and unpaired surrogates; white space collapsed. A Persian
    half-space becomes a space, as most writers type it.
    """
    text = text[:MAX_CHARS]
    text = text.lower().translate(_TABLE) if text.isascii() else _normalise_unicode(text)
    return " ".join(text.split())[:MAX_CHARS].rstrip()


def _normalise_unicode(text: str) -> str:
    text = _ZWNJ_BETWEEN_ARABIC.sub(" ", text).translate(_TABLE)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFKC", _DOT_ABOVE_I.sub("", text)).translate(_TABLE)
    text = _THAI_AM.sub("\\1\u0e33", text)
    text = _LAO_AM.sub("\\1\u0eb3", text)
    # Last, so that it decides on the very text that it would see the next time.
    return _settle_burmese(text) if _BURMESE.search(text) else text


def _settle_burmese(text: str) -> str:
    text = zawgyi.to_unicode(text)
    digits = text.translate(_SHAN_DIGITS)
    return text if digits == text else zawgyi.to_unicode(digits)


MAX_SENTENCE = 400
_THAI_PHRASE = 80
"""Thai has no full stop: phrases, which spaces end, are joined until they are this long."""

_ENDS = {
    "km": re.compile("(?<=[\u17d4\u17d5\u17da!?！？])\\s*"),
    "my": re.compile("(?<=[\u104b!?！？])\\s*"),
}
_SCRIPTS = {"th": "\u0e01-\u0e5b", "lo": "\u0e81-\u0edf", "km": "\u1780-\u17ff", "my": "\u1000-\u109f"}
_SCRIPT_OF = {lang: re.compile(f"[{letters}]") for lang, letters in _SCRIPTS.items()}
_THAI_SPACE = re.compile("(?<=[\u0e01-\u0e5b]) +(?=[\u0e01-\u0e5b])|(?<=[!?]) +")
_THAI_LAST_WORD = re.compile("(ครับ|ค่ะ|คะ|[!?])$")
_SOFT_BREAK = re.compile(r"[,;:،؛、，；：\s](?=[^,;:،؛、，；：\s]*$)")


def split_sentences(text: str, lang: str | None = None) -> list[str]:
    """Return the sentences of `text` in order, stripped, none longer than `MAX_SENTENCE` characters.

    `lang` is a BCP-47 code; without it the script decides. A line break always ends a sentence. Text
    without full stops is cut at spaces and commas, and inside a word only where there is neither.
    """
    text = text[:MAX_CHARS].encode("utf-8", errors="ignore").decode("utf-8")
    sentences: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        for sentence in _split_line(line, (lang or _guess_language(line)).partition("-")[0].lower()):
            sentences.extend(_cap(sentence.strip()))
    return sentences


def _guess_language(line: str) -> str:
    return next((lang for lang, letters in _SCRIPT_OF.items() if letters.search(line)), "en")


def _split_line(line: str, lang: str) -> list[str]:
    if lang in _ENDS:
        return _ENDS[lang].split(line)
    if lang == "th":
        return _split_thai(line)
    # Imported on use: normalising a query does not need it.
    import sentencex

    return list(sentencex.segment(lang, line))


def _split_thai(line: str) -> list[str]:
    sentences = [""]
    for phrase in _THAI_SPACE.split(line):
        sentences[-1] = f"{sentences[-1]} {phrase}".lstrip()
        if len(sentences[-1]) >= _THAI_PHRASE or _THAI_LAST_WORD.search(phrase):
            sentences.append("")
    return sentences


def _cap(sentence: str) -> list[str]:
    parts = []
    while len(sentence) > MAX_SENTENCE:
        end = _find_break(sentence[: MAX_SENTENCE + 1])
        parts.append(sentence[:end].strip())
        sentence = sentence[end:].strip()
    return [*parts, sentence] if sentence else parts


def _find_break(window: str) -> int:
    soft = _SOFT_BREAK.search(window)
    if soft and soft.start() > 0:
        return soft.start() if window[soft.start()].isspace() else min(soft.end(), MAX_SENTENCE)
    end = MAX_SENTENCE
    # A vowel sign or tone mark must stay with its consonant.
    while end > 1 and unicodedata.category(window[end]).startswith("M"):
        end -= 1
    return end
