"""How a translation should sound, per language, and how names of another script stand in it."""

import re

from mawsim.core import languages

_PLAIN = "Write plain, precise business language."
_NOTES = {
    "ko": "Use the formal polite style (합쇼체: -습니다, -ㅂ니다) throughout; never 반말. Product names stay in Latin letters.",  # noqa: E501
    "th": "Use polite, neutral written Thai without ครับ or ค่ะ; no spaces between words, spaces between phrases.",  # noqa: E501
    "vi": "Use polite, neutral written Vietnamese; refer to the writer as 'chúng tôi'.",
    "id": "Use formal Indonesian; address the reader as 'Anda'.",
    "ms": "Use formal Malaysian Malay, not Indonesian; address the reader as 'anda'.",
    "tl": "Use formal Filipino; keep English technical words that professionals use.",
    "km": "Use formal written Khmer with ។ as full stop.",
    "lo": "Use formal written Lao of Laos, not Thai spelling.",
    "my": "Use formal written Burmese in Unicode with ။ as full stop.",
    "ar": "Use Modern Standard Arabic; digits as in the original.",
    "he": "Use formal Hebrew, gender-neutral where possible, without vowel points.",
    "fa": "Use formal written Persian with ی and ک and half-spaces; digits as in the original.",
    "tr": "Use formal Turkish (siz).",
    "zh-Hans": "Use Simplified characters and the wording of mainland business documents.",
    "en": "Use international business English.",
}
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+#./&_@:'’-]*(?: [A-Za-z0-9][A-Za-z0-9+#./&_@:'’-]*)*\+*")
_ISOLATE, _POP = "\u2068", "\u2069"


def notes(language: str) -> str:
    """Instructions in English for engines that follow them."""
    return f"{_NOTES[language]} {_PLAIN}"


def isolated(text: str, language: str) -> str:
    """For display in a right-to-left language: Latin names between isolates, so that the signs around
    them stay where they belong. Stored texts have no such controls."""
    if not languages.BY_CODE[language].rtl:
        return text
    return _LATIN.sub(lambda match: f"{_ISOLATE}{match.group()}{_POP}", text)
