"""Facts taken out of a sentence and put back: ⟦1⟧, ⟦2⟧ ... in the order of the original."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mawsim.translation.facts import Fact

MARK = re.compile(r"⟦(\d+)⟧")
# Engines are careless with brackets and spaces: what can only have been a sentinel is taken for one.
_LOOSE = re.compile(r"[⟦\[〚【]{1,2}\s*(\d{1,2})\s*[⟧\]〛】]{1,2}")


@dataclass(frozen=True, slots=True)
class Masked:
    text: str
    facts: tuple[Fact, ...]


class BrokenSentinels(ValueError):
    """A fact is missing in the answer, or stands there twice."""


def mask(text: str, facts: Sequence[Fact]) -> Masked:
    """The text with a sentinel for each fact. Brackets of our kind in the text itself become plain ones."""
    parts, end = [], 0
    for number, fact in enumerate(facts, start=1):
        parts += [_plain(text[end : fact.start]), f"⟦{number}⟧"]
        end = fact.end
    parts.append(_plain(text[end:]))
    return Masked("".join(parts), tuple(facts))


def _plain(text: str) -> str:
    return text.replace("⟦", "[").replace("⟧", "]")


def unmask(answer: str, masked: Masked, target: str) -> str:
    """The answer with its facts as they are written in `target`. Each must be there once: BrokenSentinels."""
    has_others = _LOOSE.search(MARK.sub("", masked.text))  # "[1]" of the author's own
    text = answer if has_others else _LOOSE.sub(r"⟦\1⟧", answer)
    numbers = sorted(int(number) for number in MARK.findall(text))
    if numbers != list(range(1, len(masked.facts) + 1)):
        raise BrokenSentinels(f"{len(masked.facts)} facts were given, the answer has {numbers}")
    if "⟦" in MARK.sub("", text) or "⟧" in MARK.sub("", text):
        raise BrokenSentinels("a bracket of a sentinel is left over")
    return MARK.sub(lambda match: masked.facts[int(match[1]) - 1].written(target), text)


def words_only(masked: Masked) -> str:
    """What is left to translate."""
    return MARK.sub(" ", masked.text)
