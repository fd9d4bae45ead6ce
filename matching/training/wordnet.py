"""General vocabulary: the wordnets that the Open Multilingual Wordnet gathers around one set of synsets."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from pathlib import Path

from matching.text import normalise

FILES: dict[str, tuple[str, ...]] = {
    "ko": ("wikt-kor", "cldr-kor"), "id": ("data-ind", "wikt-ind"), "ms": ("data-zsm",),
    "vi": ("wikt-vie", "cldr-vie"), "th": ("wikt-tha", "cldr-tha"), "tl": ("wikt-tgl",),
    "km": ("wikt-khm", "cldr-khm"), "lo": ("wikt-lao", "cldr-lao"), "my": ("wikt-mya", "cldr-mya"),
    "ar": ("nodia-arb", "wikt-arb", "cldr-arb"), "he": ("data-heb", "wikt-heb", "cldr-heb"),
    "fa": ("data-fas", "wikt-fas", "cldr-fas"), "tr": ("wikt-tur", "cldr-tur"),
    "zh-Hans": ("data-cmn", "wikt-cmn", "cldr-cmn"),
}  # fmt: skip
"""Which `wn-<name>.tab` files hold the words of a language."""
ENGLISH = ("data.noun", "data.verb", "data.adj", "data.adv")
MIN_LANGUAGES = 4
"""Synsets with words in fewer languages are rare words, and the automatic wordnets' errors."""
MAX_FORMS = 4


def read_wordnet(folder: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return {synset: {language: words}}; the English ones end with the definition.

    `folder` holds the tables of the Open Multilingual Wordnet and Princeton WordNet 3.0's data files.
    """
    words: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    for language, names in FILES.items():
        for name in names:
            for synset, word in _read_table(folder / f"wn-{name}.tab"):
                words[synset][language].setdefault(word)
    english = _read_english(folder)
    return {
        synset: {
            "en": english[synset],
            **{language: tuple(forms)[:MAX_FORMS] for language, forms in sorted(found.items())},
        }
        for synset, found in sorted(words.items())
        if len(found) >= MIN_LANGUAGES and synset in english
    }


def _read_table(path: Path) -> list[tuple[str, str]]:
    rows = []
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        cells = line.split("\t")
        if len(cells) == 3 and cells[1].endswith("lemma"):
            word = (
                normalise(cells[2].replace("_", " ").replace("+", "").lstrip("!"))
                if _is_text(cells[2])
                else ""
            )
            if word:
                rows.append((cells[0], word))
    return rows


def _is_text(word: str) -> bool:
    return any(unicodedata.category(char).startswith("L") for char in word) and len(word) <= 60


def _read_english(folder: Path) -> dict[str, tuple[str, ...]]:
    entries = {}
    for name in ENGLISH:
        for line in (folder / name).read_text(encoding="latin-1").splitlines():
            if line.startswith(" "):
                continue
            data, _, gloss = line.partition(" | ")
            cells = data.split()
            count = int(cells[3], 16)
            kind = "a" if cells[2] == "s" else cells[2]
            names = [cells[4 + 2 * i].split("(")[0].replace("_", " ").lower() for i in range(count)]
            definition = gloss.split(";")[0].strip()
            entries[f"{cells[0]}-{kind}"] = (*dict.fromkeys(names[:MAX_FORMS]), definition)
    return entries
