"""The items of an evaluation: one JSON object a line."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mawsim.core.languages import BY_CODE


class BadItem(ValueError):
    """A line that is no item; the message names it."""


@dataclass(frozen=True, slots=True)
class Item:
    """A text in several languages. `facts` are strings that have to survive every translation."""

    id: str
    source: str  # the language in which it was written
    kind: str  # "title", "summary", "body", "message" ...
    text: dict[str, str]  # {language: text}
    facts: tuple[str, ...]


def read_items(lines: Iterable[str]) -> list[Item]:
    """One item per line that is not blank: id, src_lang, kind, text, facts. BadItem names the bad line."""
    items = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                items.append(_item(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise BadItem(f"line {number}: {type(error).__name__}: {error}") from error
    return items


def _item(row: dict[str, Any]) -> Item:
    text = {str(code): value for code, value in row["text"].items()}
    if unknown := sorted({row["src_lang"], *text} - set(BY_CODE)):
        raise ValueError(f"unknown language: {', '.join(unknown)}")
    if row["src_lang"] not in text:
        raise ValueError("the text in the source language is missing")
    if not all(isinstance(value, str) and value.strip() for value in text.values()):
        raise ValueError("every text has to be a string that is not empty")
    facts = row.get("facts") or []
    if not isinstance(facts, list) or not all(isinstance(fact, str) for fact in facts):
        raise ValueError("facts has to be a list of strings")
    return Item(str(row["id"]), row["src_lang"], str(row.get("kind", "")), text, tuple(facts))
