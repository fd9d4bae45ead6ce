"""Translation memories as TMX 1.4b (LISA OSCAR, 2005)."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import User
from mawsim.core.errors import Message
from mawsim.core.text import has_hidden_characters
from mawsim.translation.actions import Unit, remember
from mawsim.translation.exchange.errors import Report
from mawsim.translation.exchange.tags import language_of
from mawsim.translation.exchange.xml import Node, attributes_of, element, read
from mawsim.translation.facts import differing_values, find
from mawsim.translation.models import MemoryUnit, State
from mawsim.translation.scopes import Scope, rows_in
from mawsim.translation.segmentation import normalised

BATCH = 500
LONGEST = 4000  # characters: as long as a field
_CODES = frozenset({"bpt", "ept", "ph", "it", "ut"})  # hold the codes of another program, no words
_STATE = "x-mawsim-state"


@dataclass(frozen=True, slots=True)
class Pair:
    """A text and its translation, as the file has it. `line` is that of its <tu>."""

    source: str
    target: str
    source_text: str
    target_text: str
    state: str
    line: int


def pairs(file: IO[bytes], report: Report | None = None) -> Iterator[Pair]:
    """The pairs of known languages, in the order of the file; what cannot be used is told to the report.

    Of a unit in several languages the one that the file calls its source is the source; with "*all*" each
    is the source of every other.
    """
    told = report or Report()
    source = "*all*"
    for node in read(file, "tmx", {"header", "tu"}):
        if node.tag == "header":
            source = node.attributes.get("srclang", source)
        elif node.tag == "tu":
            yield from _pairs_of(node, node.attributes.get("srclang", source), told)


def _pairs_of(unit: Node, declared: str, told: Report) -> Iterator[Pair]:
    texts = _texts(unit, told)
    state = next((prop.text() for prop in unit.children("prop") if prop.attributes.get("type") == _STATE), "")
    only = None if declared.casefold() == "*all*" else language_of(declared)
    if len(texts) < 2 or (only and only not in texts):
        told.skip(unit.line, _("No text and translation in two of the site's languages."))
        return
    for source, text in texts.items():
        if only in {None, source}:
            for target, translation in texts.items():
                if target != source:
                    yield Pair(source, target, text, translation, state, unit.line)


def _texts(unit: Node, told: Report) -> dict[str, str]:
    """{language: text}, the first of each."""
    found: dict[str, str] = {}
    for variant in unit.children("tuv"):
        language, segment = language_of(variant.attributes.get("lang", "")), variant.child("seg")
        if language is None or segment is None:
            continue
        text = normalised(segment.text(without=_CODES))
        if problem := _problem(text):
            told.skip(variant.line, problem)
        else:
            found.setdefault(language, text)
    return found


def _problem(text: str) -> Message | None:
    if not any(character.isalnum() for character in text):
        return _("There is no text.")
    if len(text) > LONGEST:
        return _("The text is too long.")
    if has_hidden_characters(text, multiline=True):
        return _("It contains characters that cannot be seen.")
    return None


def import_memory(file: IO[bytes], *, actor: User | None, scope: Scope, keep_states: bool = False) -> Report:
    """Take the pairs of a TMX file into the memory of a scope, as reviewed by the actor.

    The file is read twice: nothing is stored of one that is broken anywhere (BadFile). A pair whose figures
    do not agree is left out. `keep_states` believes what our own export says about approval by the author.
    Streams: a million units take no more memory than a thousand.
    """
    for _pair in pairs(file):
        pass
    file.seek(0)
    report = Report()
    usable = (pair for pair in pairs(file, report) if _facts_agree(pair, report))
    while batch := list(islice(usable, BATCH)):
        remember(_unit(pair, actor, scope, keep_states) for pair in batch)
        report.taken += len(batch)
    return report


def _facts_agree(pair: Pair, report: Report) -> bool:
    lost, invented = differing_values(find(pair.source_text, pair.source), pair.target_text, pair.target)
    if not lost and not invented:
        return True
    message = _("Figures or addresses do not agree: %(facts)s") % {"facts": ", ".join([*lost, *invented])}
    report.skip(pair.line, message)
    return False


def _unit(pair: Pair, actor: User | None, scope: Scope, keep_states: bool) -> Unit:
    approved = keep_states and pair.state == State.OWNER_APPROVED
    state = State.OWNER_APPROVED if approved else State.REVIEWED
    return Unit(
        pair.source_text, pair.target_text, pair.source, pair.target, state, reviewer=actor, scope=scope
    )


def export_memory(scope: Scope, source: str = "", target: str = "") -> Iterator[str]:
    """The scope's own units as a TMX file, piece by piece; of one pair of languages or of all."""
    units = MemoryUnit.objects.filter(rows_in([scope])).order_by("pk")
    if source:
        units = units.filter(source_language=source)
    if target:
        units = units.filter(target_language=target)
    yield from _header(source)
    for unit in units.iterator(chunk_size=2000):
        yield _tu(unit)
    yield "</body>\n</tmx>\n"


def _header(source: str) -> Iterator[str]:
    about = attributes_of(
        {
            "creationtool": "Mawsim",
            "creationtoolversion": "1",
            "segtype": "block",
            "o-tmf": "Mawsim",
            "adminlang": "en",
            "srclang": source or "en",
            "datatype": "plaintext",
        }
    )
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n<header{about}/>\n<body>\n'


def _tu(unit: MemoryUnit) -> str:
    own = attributes_of({"srclang": unit.source_language, "changedate": f"{unit.updated_at:%Y%m%dT%H%M%SZ}"})
    variants = (
        f'<tuv xml:lang="{language}">{element("seg", text)}</tuv>'
        for language, text in (
            (unit.source_language, unit.source_text),
            (unit.target_language, unit.target_text),
        )
    )
    return f"<tu{own}>{element('prop', unit.state, type=_STATE)}{''.join(variants)}</tu>\n"


def as_bytes(parts: Iterable[str]) -> bytes:
    """For a file that is small enough to be held."""
    buffer = io.BytesIO()
    for part in parts:
        buffer.write(part.encode())
    return buffer.getvalue()
