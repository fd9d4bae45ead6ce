"""The knowledge written for training is complete, clean, and none of what the model is judged or shown by."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matching.text import normalise
from matching.zawgyi import to_unicode

ROOT = Path(__file__).parents[3]
DOMAIN = ROOT / "matching/training/domain"
CONCEPTS = sorted((DOMAIN / "concepts").glob("*.tsv"))
GROUPS = sorted((DOMAIN / "groups").glob("*.jsonl"))
LANGUAGES = ["en", "ko", "id", "ms", "vi", "th", "tl", "km", "lo", "my", "ar", "he", "fa", "tr", "zh"]
SCRIPTS = {
    "ko": "\uac00-\ud7a3", "th": "\u0e01-\u0e5b", "km": "\u1780-\u17ff", "lo": "\u0e81-\u0edf",
    "my": "\u1000-\u109f", "he": "\u05d0-\u05f4", "ar": "\u0600-\u06ff", "fa": "\u0600-\u06ff",
    "zh": "\u4e00-\u9fff",
}  # fmt: skip
WINDOW = 50


def foreign_letters(text: str, language: str) -> str:
    """Return the letters of `text` that are neither of the language's script nor Latin."""
    own = SCRIPTS.get(language, "\u0041-\u007a")
    strange = f"[^{own}\u0000-\u024f\u0300-\u036f\u1e00-\u1eff\u2000-\u2bff\u3000-\u303f\uff00-\uff5e]"
    return "".join(re.findall(strange, text))


def own_share(text: str, language: str) -> float:
    """Return the share of the language's script among the letters and marks of `text`."""
    letters = re.findall(r"[^\W\d_]|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]", text)
    own = SCRIPTS.get(language, "A-Za-z\u00c0-\u024f\u1e00-\u1eff")
    return sum(1 for letter in letters if re.match(f"[{own}]", letter)) / max(len(letters), 1)


def read_concepts(path: Path) -> list[dict[str, str]]:
    header, *rows = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    assert header.split("\t") == ["key", *LANGUAGES]
    return [dict(zip(["key", *LANGUAGES], row.split("\t"), strict=True)) for row in rows]


def read_groups() -> list[dict[str, str]]:
    return [json.loads(line) for path in GROUPS for line in path.read_text(encoding="utf-8").splitlines()]


def read_judging_texts() -> set[str]:
    """Return, normalised, what the demo shows and what the tests judge by."""
    texts: set[str] = set()
    for path in sorted((ROOT / "platform/mawsim/demo/data").glob("*.toml")):
        texts |= set(strings(tomllib.loads(path.read_text(encoding="utf-8"))))
    data = ROOT / "tests/matching/data"
    for path in sorted(data.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts |= {row.get("title") or "", row.get("body") or ""}
    for line in (data / "bitext.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        texts |= set(line.split("\t"))
    return {normalise(text) for text in texts}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def windows(text: str) -> set[str]:
    return {text[start : start + WINDOW] for start in range(len(text) - WINDOW + 1)}


def test_there_are_enough_concepts() -> None:
    assert len(CONCEPTS) == 8
    assert sum(len(read_concepts(path)) for path in CONCEPTS) >= 3_000


@pytest.mark.parametrize("path", CONCEPTS, ids=lambda path: path.stem)
def test_concepts_are_clean(path: Path) -> None:
    rows = read_concepts(path)
    assert [key for key, count in Counter(row["key"] for row in rows).items() if count > 1] == []
    assert [row["key"] for row in rows if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["key"])] == []
    names = [(row["key"], lang, row[lang].split("; ")) for row in rows for lang in LANGUAGES]
    assert [item for item in names if not all(name and name == name.strip() for name in item[2])] == []
    assert [item for item in names if len({*map(normalise, item[2])}) < len(item[2])] == []
    assert [item for item in names if any(len(name) > 90 for name in item[2])] == []
    assert [item for item in names if any(foreign_letters(name, item[1]) for name in item[2])] == []
    assert [item for item in names if item[1] == "my" and any(to_unicode(n) != n for n in item[2])] == []


def test_concepts_are_said_in_their_own_script() -> None:
    """A name may be Latin, as "AI" is; a language may not be so in general."""
    latin: Counter[str] = Counter()
    total = 0
    for path in CONCEPTS:
        for row in read_concepts(path):
            total += 1
            latin.update(lang for lang in SCRIPTS if not own_share(row[lang], lang))
    assert {lang: count for lang, count in latin.items() if count > total * 0.01} == {}


def test_there_are_enough_groups_in_every_language() -> None:
    rows = read_groups()
    assert len(GROUPS) == 3
    assert len(rows) >= 2_000
    per_language = Counter(row["lang"] for row in rows)
    assert set(per_language) == {*LANGUAGES[:-1], "zh-Hans"}
    assert min(per_language.values()) >= 130
    languages: dict[tuple[str, str], set[str]] = defaultdict(set)
    kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        languages[row["cluster"], row["topic"]].add(row["lang"])
        kinds[row["cluster"], row["topic"]].add(row["kind"])
    assert {topic: found for topic, found in languages.items() if len(found) < 8 or "en" not in found} == {}
    assert {topic: found for topic, found in kinds.items() if found != {"need", "offer"}} == {}
    # Neighbouring topics of a cluster are the hard negatives of each other.
    assert min(Counter(cluster for cluster, _ in languages).values()) >= 3


def test_groups_are_clean() -> None:
    rows = read_groups()
    assert {tuple(row) for row in rows} == {("cluster", "topic", "kind", "lang", "text")}
    texts = Counter(normalise(row["text"]) for row in rows)
    assert [text for text, count in texts.items() if count > 1] == []
    languages = [(row["text"], row["lang"].partition("-")[0]) for row in rows]
    assert [text for text, _ in languages if not 40 <= len(text) <= 400 or text != text.strip()] == []
    assert [text for text, lang in languages if foreign_letters(text, lang)] == []
    assert [text for text, lang in languages if own_share(text, lang) < 0.5] == []
    assert [text for text, lang in languages if lang == "my" and to_unicode(text) != text] == []


def test_nothing_that_is_shown_or_judged_by_is_trained_on() -> None:
    """No text is the same, no long text stands inside another, and no fifty characters are shared."""
    judging = read_judging_texts()
    assert len(judging) > 2_000
    groups = {normalise(row["text"]) for row in read_groups()}
    assert groups & judging == set()
    shared = set().union(*map(windows, judging)) & set().union(*map(windows, groups))
    assert shared == set()
    names = {
        normalise(name)
        for path in CONCEPTS
        for row in read_concepts(path)
        for lang in LANGUAGES
        for name in row[lang].split("; ")
    }
    # A word is anybody's; a sentence is not.
    assert {name for name in names & judging if len(name) > 25} == set()
