"""How well a listing will be found and understood, while its author writes it.

What comes in is raw: half-written, perhaps wrong. It is judged, never refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mawsim.core.scripts import weights
from mawsim.listings.details import specs_of


class Hint(StrEnum):
    """What would make the listing better. The words are in SENTENCES."""

    TITLE = "title"
    TITLE_SHORT = "title_short"
    TITLE_CAPITALS = "title_capitals"
    SUMMARY = "summary"
    SUMMARY_SHORT = "summary_short"
    BODY = "body"
    BODY_SHORT = "body_short"
    FIGURES = "figures"
    SECTORS = "sectors"
    TECHNOLOGIES = "technologies"
    PARTNERSHIP_TYPES = "partnership_types"
    TARGET_COUNTRIES = "target_countries"
    STAGE = "stage"
    DETAILS = "details"


SENTENCES: dict[Hint, str | Promise] = {
    Hint.TITLE: _("Give it a title that says what is offered or needed."),
    Hint.TITLE_SHORT: _("A longer title is found more easily: name the product or problem and its use."),
    Hint.TITLE_CAPITALS: _("A title in capital letters is hard to read."),
    Hint.SUMMARY: _("Write a summary: lists and search results show it."),
    Hint.SUMMARY_SHORT: _("Say more in the summary: what it does, for whom, and with what result."),
    Hint.BODY: _("Add a description. Search reads it too and quotes the sentence that answers a question."),
    Hint.BODY_SHORT: _("Say more in the description: how it works, where it is in use, what you expect."),
    Hint.FIGURES: _("Name figures: accuracy, users, prices or dates make it credible."),
    Hint.SECTORS: _("Choose at least one sector; without one it cannot be sent for review."),
    Hint.TECHNOLOGIES: _("Choose the technologies: partners filter by them in their own language."),
    Hint.PARTNERSHIP_TYPES: _("Say what kind of partnership you seek."),
    Hint.TARGET_COUNTRIES: _("Choose the countries that you have in mind."),
    Hint.STAGE: _("Say how mature it is (TRL)."),
    Hint.DETAILS: _("Fill in the fields of the chosen pillar: matches are checked against them."),
}
GOOD = 80  # from this score on, little is missing

# Weights of letters (core.scripts): a Korean syllable says as much as two or three Latin letters.
_SHORT = {"title": 16.0, "summary": 110.0, "body": 350.0}
_DETAILS_ENOUGH = 0.5  # of the pillar's fields


@dataclass(frozen=True, slots=True)
class Quality:
    """`score` is 0 to 100; `hints` come with the weightiest first."""

    score: int
    hints: tuple[Hint, ...]

    @property
    def is_good(self) -> bool:
        return self.score >= GOOD

    @property
    def sentences(self) -> list[str]:
        return [str(SENTENCES[hint]) for hint in self.hints]


def assess(content: Mapping[str, Any]) -> Quality:
    """The quality of raw or stored content (`listings.content.FIELDS`)."""
    found = [(points, hint) for points, check in _CHECKS if (hint := check(content))]
    lost = sum(points for points, _hint in found)
    ordered = sorted(found, key=lambda item: -item[0])
    return Quality(100 - lost, tuple(hint for _points, hint in ordered))


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    return value if isinstance(value, str) else ""


def _missing(name: str, hint: Hint) -> Callable[[Mapping[str, Any]], Hint | None]:
    def check(content: Mapping[str, Any]) -> Hint | None:
        value = content.get(name)
        return None if value and (not isinstance(value, str) or value.strip()) else hint

    return check


def _short(name: str, hint: Hint) -> Callable[[Mapping[str, Any]], Hint | None]:
    def check(content: Mapping[str, Any]) -> Hint | None:
        text = _text(content, name)
        digits = sum(character.isdigit() for character in text)
        # Nothing yet counts as short too, but is told once.
        return hint if sum(weights(text).values()) + digits < _SHORT[name] and text.strip() else None

    return check


def _capitals(content: Mapping[str, Any]) -> Hint | None:
    title = _text(content, "title")
    words = [word for word in title.split() if word.isalpha() and len(word) > 3]
    return Hint.TITLE_CAPITALS if len(words) > 1 and all(word.isupper() for word in words) else None


def _figures(content: Mapping[str, Any]) -> Hint | None:
    texts = _text(content, "summary") + _text(content, "body")
    return None if any(character.isdigit() for character in texts) else Hint.FIGURES


def _details(content: Mapping[str, Any]) -> Hint | None:
    specs = specs_of(_text(content, "pillar"))
    given = content.get("details") or {}
    filled = sum(1 for spec in specs if given.get(spec.name))
    return None if specs and filled >= _DETAILS_ENOUGH * len(specs) else Hint.DETAILS


_CHECKS: tuple[tuple[int, Callable[[Mapping[str, Any]], Hint | None]], ...] = (
    (15, _missing("title", Hint.TITLE)),
    (8, _short("title", Hint.TITLE_SHORT)),
    (3, _capitals),
    (15, _missing("summary", Hint.SUMMARY)),
    (8, _short("summary", Hint.SUMMARY_SHORT)),
    (14, _missing("body", Hint.BODY)),
    (7, _short("body", Hint.BODY_SHORT)),
    (6, _figures),
    (13, _missing("sectors", Hint.SECTORS)),
    (11, _missing("technologies", Hint.TECHNOLOGIES)),
    (8, _missing("partnership_types", Hint.PARTNERSHIP_TYPES)),
    (6, _missing("target_countries", Hint.TARGET_COUNTRIES)),
    (5, _missing("stage", Hint.STAGE)),
    (7, _details),
)
