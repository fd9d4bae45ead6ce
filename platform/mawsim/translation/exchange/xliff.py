"""Texts for outside translators as XLIFF 2.0 (OASIS, 2014): one file, its units, their segments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext_lazy as _

from mawsim.translation.exchange.errors import BadFile
from mawsim.translation.exchange.tags import language_of
from mawsim.translation.exchange.xml import Node, attributes_of, element, escaped, read
from mawsim.translation.segmentation import normalised

_NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
_CODES = frozenset({"ph", "sc", "ec", "sm", "em"})  # codes without words; <pc> and <mrk> hold words
UNITS_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class XliffSegment:
    """A sentence, its translation (empty: none), and the white space after it in the original."""

    source: str
    target: str = ""
    gap: str = ""
    state: str = "initial"  # or "translated", "reviewed", "final"
    line: int = 0


@dataclass(frozen=True, slots=True)
class XliffUnit:
    id: str
    segments: tuple[XliffSegment, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class XliffFile:
    """`id` names the document; languages are our codes."""

    id: str
    source: str
    target: str
    units: tuple[XliffUnit, ...]


def write(document: XliffFile) -> Iterator[str]:
    """The document as XLIFF, piece by piece."""
    root = {"version": "2.0", "srcLang": document.source, "trgLang": document.target, "xmlns": _NAMESPACE}
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff{attributes_of(root)}>\n'
    yield f"<file{attributes_of({'id': document.id})}>\n"
    for unit in document.units:
        yield from _unit(unit)
    yield "</file>\n</xliff>\n"


def _unit(unit: XliffUnit) -> Iterator[str]:
    yield f"<unit{attributes_of({'id': unit.id, 'xml_space': 'preserve'})}>\n"
    if unit.note:
        yield f"<notes>{element('note', unit.note)}</notes>\n"
    for number, segment in enumerate(unit.segments, start=1):
        target = f"<target>{escaped(segment.target)}</target>" if segment.target else ""
        about = attributes_of({"id": f"s{number}", "state": segment.state})
        yield f"<segment{about}><source>{escaped(segment.source)}</source>{target}</segment>\n"
        if segment.gap:
            yield f"<ignorable><source>{escaped(segment.gap)}</source></ignorable>\n"
    yield "</unit>\n"


def parse(file: IO[bytes]) -> XliffFile:
    """BadFile for anything but XLIFF 2 with one file in two of the site's languages."""
    nodes = read(file, "xliff", {"file"})
    root = next(nodes)
    if not root.attributes.get("version", "").startswith("2."):
        raise BadFile(_("This is not an XLIFF 2 file."), root.line)
    languages = [language_of(root.attributes.get(name, "")) for name in ("srcLang", "trgLang")]
    source, target = languages
    if source is None or target is None or source == target:
        raise BadFile(_("The file's languages are not two languages of this site."), root.line)
    files = list(nodes)
    if len(files) != 1:
        raise BadFile(_("There must be exactly one <file> in it."), files[1].line if files else root.line)
    units = tuple(_read_unit(node) for node in files[0].find("unit"))
    if len(units) > UNITS_AT_MOST:
        raise BadFile(_("There are too many units in it."), files[0].line)
    return XliffFile(files[0].attributes.get("id", ""), source, target, units)


def _read_unit(node: Node) -> XliffUnit:
    segments: list[XliffSegment] = []
    for part in node.children():
        source = part.child("source")
        if part.tag == "segment":
            if source is None:
                raise BadFile(_("A segment has no <source>."), part.line)
            segments.append(_read_segment(part, source))
        elif part.tag == "ignorable" and source is not None and segments:
            last = segments[-1]
            segments[-1] = XliffSegment(last.source, last.target, source.text(), last.state, last.line)
    return XliffUnit(node.attributes.get("id", ""), tuple(segments))


def _read_segment(node: Node, source: Node) -> XliffSegment:
    target = node.child("target")
    if target is not None and any(target.find("cp")):
        raise BadFile(_("It contains characters that cannot be seen."), target.line)
    return XliffSegment(
        normalised(source.text(_CODES)),
        normalised(target.text(_CODES)) if target is not None else "",
        state=node.attributes.get("state", "initial"),
        line=node.line,
    )
