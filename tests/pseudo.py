"""A pseudo-language: every message that goes through gettext, marked, accented and longer than in English.

What is left in plain English on a page has not been wrapped for translation; what breaks has no room.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from html.parser import HTMLParser

from django.utils.translation import override, trans_real

from mawsim.core.languages import LANGUAGES

START, END = "⟦", "⟧"
_PLACEHOLDER = re.compile(r"(%\(\w+\)[a-z]|%[sd%]|\{\w*\}|<[^>]+>|&\w+;|\s+)")
_ACCENTS = str.maketrans("aeiouycdlnrstzAEIOUYCDLNRSTZ", "áéíóúýçđłñŕšťžÁÉÍÓÚÝÇĐŁÑŔŠŤŽ")
LONGER = 0.4  # English is short: Indonesian, Tagalog or Burmese need that much more room
_CONTEXT = trans_real.CONTEXT_SEPARATOR


def pseudo(message: str) -> str:
    """The message as the pseudo-language has it; placeholders and tags stay."""
    words = message.rpartition(_CONTEXT)[2]
    if not words.strip():
        return words
    parts = _PLACEHOLDER.split(words)
    accented = "".join(part if number % 2 else part.translate(_ACCENTS) for number, part in enumerate(parts))
    return START + accented + "·" * round(len(words) * LONGER) + END


class PseudoCatalogue(NullTranslations):
    """Stands where Django keeps a language's catalogue."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def gettext(self, message: str) -> str:
        return pseudo(message) if message else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def language(self) -> str:
        return self._language

    def to_language(self) -> str:
        return self._language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """The messages of `language` are those of the pseudo-language, in all threads; names of countries,
    dates and fields of trade stay its own."""
    with override(language):
        pass  # have the real one loaded, to put it back
    real = trans_real._translations[language]
    trans_real._translations[language] = PseudoCatalogue(language)
    try:
        yield
    finally:
        trans_real._translations[language] = real


class _Text(HTMLParser):
    """What a reader sees or hears: text and the attributes that are read out. Parts in a language of their
    own, code, keys and what users have written (<bdi>) are no messages."""

    SKIPPED = frozenset({"script", "style", "code", "kbd", "bdi", "textarea", "svg"})
    READ = ("alt", "title", "aria-label", "placeholder")
    VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[bool] = []  # whether each open element is skipped

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        skipped = tag in self.SKIPPED or ("lang" in values and tag != "html")
        if not skipped and not any(self._open):
            self.found += [values[name] or "" for name in self.READ if values.get(name)]
        if tag not in self.VOID:
            self._open.append(skipped)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self._open):
            self.found.append(data.strip())


_MARKED = re.compile(f"{START}[^{START}{END}]*{END}")
_ENGLISH = re.compile(r"[A-Za-z]{3,}")
_OTHER = re.compile(r"[^\W\d_\u0000-\u024f]")  # a letter of another script than Latin
# What is the same in every language: names, and languages in their own words.
_PRODUCTS = "Mawsim PostgreSQL NVIDIA RTX AMD Instinct Intel Gaudi Google TPU"
NAMES = set(f"{_PRODUCTS} MiB GiB GMT UTC TRL TMX TBX CSV XLIFF ISO IEC".split())
OWN_NAMES = {language.native for language in LANGUAGES}


def bare_english(html: str) -> list[str]:
    """The texts of a page of a language in another script that no catalogue has a say in."""
    parser = _Text()
    parser.feed(html)
    found = []
    for text in parser.found:
        rest = text
        while (shorter := _MARKED.sub(" ", rest)) != rest:  # a message inside another
            rest = shorter
        # Labels and names of countries hold acronyms, but not without words of the language beside them.
        if set(_ENGLISH.findall(rest)) - NAMES and not _OTHER.search(rest) and text not in OWN_NAMES:
            found.append(text)
    return found
