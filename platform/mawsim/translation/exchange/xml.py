"""XML from strangers, read as a stream: entities are refused, memory does not grow with the file."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from mawsim.translation.exchange.errors import BadFile

CHUNK = 1 << 16  # bytes
DEEPEST = 60  # nested elements
LARGEST = 1_000_000  # characters of one wanted element
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}


@dataclass(slots=True)
class Node:
    """An element: local names without namespace ("lang" for xml:lang), its content in order."""

    tag: str
    attributes: dict[str, str]
    line: int
    content: list["str | Node"] = field(default_factory=list)

    def children(self, tag: str = "") -> list["Node"]:
        return [one for one in self.content if isinstance(one, Node) and (not tag or one.tag == tag)]

    def child(self, tag: str) -> "Node | None":
        return next(iter(self.children(tag)), None)

    def find(self, tag: str) -> Iterator["Node"]:
        """All below it with this name, in the order of the file."""
        for one in self.children():
            if one.tag == tag:
                yield one
            yield from one.find(tag)

    def text(self, without: Collection[str] = ()) -> str:
        """Its words, without those inside elements of these names."""
        parts = []
        for one in self.content:
            if isinstance(one, str):
                parts.append(one)
            elif one.tag not in without:
                parts.append(one.text(without))
        return "".join(parts)


def read(file: IO[bytes], root: str, wanted: Collection[str]) -> Iterator[Node]:
    """The elements of the wanted names, each as soon as it is complete. The root comes first, still empty.

    BadFile for anything but well-formed XML with that root, and for a declaration of entities.
    """
    parser = _Parser(root, wanted)
    while True:
        chunk = file.read(CHUNK)
        parser.feed(chunk)
        yield from parser.take()
        if not chunk:
            return


class _Parser:
    def __init__(self, root: str, wanted: Collection[str]) -> None:
        self.root, self.wanted = root, frozenset(wanted)
        self.depth, self.size = 0, 0
        self.open: list[Node] = []  # the wanted element that is being read, and those inside it
        self.done: list[Node] = []
        self.expat = expat.ParserCreate(namespace_separator="}")
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self._start
        self.expat.EndElementHandler = self._end
        self.expat.CharacterDataHandler = self._characters
        self.expat.EntityDeclHandler = self._refuse
        self.expat.UnparsedEntityDeclHandler = self._refuse
        self.expat.ExternalEntityRefHandler = self._refuse
        self.expat.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def feed(self, chunk: bytes) -> None:
        try:
            self.expat.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            raise BadFile(
                _("This is not a well-formed XML file (%(reason)s).")
                % {"reason": expat.ErrorString(error.code)},
                error.lineno,
            ) from error
        except (LookupError, ValueError) as error:  # an unknown encoding
            raise BadFile(_("The encoding of the file is not known."), 1) from error

    def take(self) -> list[Node]:
        done, self.done = self.done, []
        return done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self.expat.CurrentLineNumber
        tag = _local(name)
        node = Node(tag, {_local(key): value for key, value in attributes.items()}, line)
        if self.depth == 0:
            if tag != self.root:
                message = _("The file begins with <%(found)s>; <%(expected)s> was expected.")
                raise BadFile(message % {"found": tag[:40], "expected": self.root}, line)
            self.done.append(node)
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadFile(_("The elements are nested too deeply."), line)
        if self.open:
            self._grow(sum(map(len, attributes.values())) + 10)
            self.open[-1].content.append(node)
            self.open.append(node)
        elif tag in self.wanted:
            self.open, self.size = [node], 0

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.open:
            node = self.open.pop()
            if not self.open:
                self.done.append(node)

    def _characters(self, text: str) -> None:
        if self.open:
            self._grow(len(text))
            self.open[-1].content.append(text)

    def _grow(self, by: int) -> None:
        self.size += by
        if self.size > LARGEST:
            raise BadFile(_("This element is too long."), self.open[0].line)

    def _refuse(self, *_anything: object) -> int:
        raise BadFile(_("The file declares entities, which are not accepted."), self.expat.CurrentLineNumber)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def escaped(text: str) -> str:
    """For text and attributes; characters that XML cannot hold are left out."""
    return "".join(_ESCAPES.get(character, character) for character in _FORBIDDEN.sub("", text))


def element(tag: str, text: str, **attributes: str) -> str:
    """One element with text only; `xml_lang` stands for xml:lang."""
    return f"<{tag}{attributes_of(attributes)}>{escaped(text)}</{tag}>"


def attributes_of(attributes: dict[str, str]) -> str:
    pairs: Iterable[tuple[str, str]] = (
        (name.replace("xml_", "xml:"), value) for name, value in attributes.items()
    )
    return "".join(f' {name}="{escaped(value)}"' for name, value in pairs)
