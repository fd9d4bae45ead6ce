"""Glossaries as TBX (ISO 30042:2019), the core structure with the status of TBX-Basic.

Terms belong to concepts there. What is translated is the first language of a concept; words that must not
be used are marked as deprecated, words that stay as they are carry a note.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import IO

from django.utils.translation import gettext_lazy as _

from mawsim.translation.actions import TermData
from mawsim.translation.exchange.errors import BadFile, Report
from mawsim.translation.exchange.tags import language_of
from mawsim.translation.exchange.xml import Node, attributes_of, element, escaped, read
from mawsim.translation.models import Term, TermKind

_NAMESPACE = "urn:iso:std:iso:30042:ed-2"
_PREFERRED, _DEPRECATED = "preferredTerm-admn-sts", "deprecatedTerm-admn-sts"
_KEEP, _CASE = "do not translate", "case sensitive"
TERMS_AT_MOST = 200_000
_Key = tuple[str, str, str]


def write(name: str, terms: Iterable[Term]) -> Iterator[str]:
    """A term set as TBX, piece by piece."""
    root = {"type": "TBX-Basic", "style": "dca", "xml_lang": "en", "xmlns": _NAMESPACE}
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<tbx{attributes_of(root)}>\n'
    yield f"<tbxHeader><fileDesc><sourceDesc>{element('p', name)}</sourceDesc></fileDesc></tbxHeader>\n"
    yield "<text><body>\n"
    for number, ((concept, language, text), group) in enumerate(_concepts(terms), start=1):
        identity = attributes_of({"id": concept if concept.isidentifier() else f"c{number}"})
        yield f"<conceptEntry{identity}>{''.join(_entry(language, text, group))}</conceptEntry>\n"
    yield "</body></text>\n</tbx>\n"


def _concepts(terms: Iterable[Term]) -> list[tuple[_Key, list[Term]]]:
    groups: dict[_Key, list[Term]] = defaultdict(list)
    for term in terms:
        groups[(term.concept, term.source_language, term.source_text)].append(term)
    # An identifier names one entry only.
    seen: set[str] = set()
    found = []
    for (concept, language, text), group in groups.items():
        found.append((("" if concept in seen else concept, language, text), group))
        seen.add(concept)
    return found


def _entry(language: str, text: str, group: list[Term]) -> Iterator[str]:
    notes = [_KEEP] if any(term.kind == TermKind.KEEP for term in group) else []
    notes += [_CASE] if any(term.case_sensitive for term in group) else []
    yield _lang(language, [_term_sec(text, "", notes)])
    by_language: dict[str, list[str]] = defaultdict(list)
    for term in group:
        if term.kind != TermKind.KEEP:
            status = _DEPRECATED if term.kind == TermKind.FORBIDDEN else _PREFERRED
            by_language[term.target_language].append(
                _term_sec(term.target_text, status, [term.note] if term.note else [])
            )
    for target, sections in by_language.items():
        yield _lang(target, sections)


def _lang(language: str, sections: Iterable[str]) -> str:
    return f"<langSec{attributes_of({'xml_lang': language})}>{''.join(sections)}</langSec>"


def _term_sec(text: str, status: str, notes: Iterable[str]) -> str:
    about = element("termNote", status, type="administrativeStatus") if status else ""
    said = "".join(f"<note>{escaped(note)}</note>" for note in notes)
    return f"<termSec>{element('term', text)}{about}{said}</termSec>"


def parse(file: IO[bytes], report: Report | None = None) -> list[TermData]:
    """The terms, from the first language of each concept to its others. BadFile names the line.

    Takes the older element names (martif, termEntry, langSet, tig) as well.
    """
    told = report or Report()
    found: list[TermData] = []
    for node in _entries(file):
        found += _terms_of(node, told)
        if len(found) > TERMS_AT_MOST:
            raise BadFile(_("There are too many terms in it."), node.line)
    return found


def _entries(file: IO[bytes]) -> Iterator[Node]:
    start = file.read(1000)
    file.seek(0)
    root = "martif" if b"<martif" in start else "tbx"
    return (node for node in read(file, root, {"conceptEntry", "termEntry"}) if node.tag != root)


def _terms_of(entry: Node, told: Report) -> Iterator[TermData]:
    sections = [*entry.children("langSec"), *entry.children("langSet")]
    languages = [(language_of(one.attributes.get("lang", "")), list(_words(one))) for one in sections]
    known = [(code, words) for code, words in languages if code and words]
    if not known:
        told.skip(entry.line, _("No term in one of the site's languages."))
        return
    (source, words), others = known[0], known[1:]
    concept = entry.attributes.get("id", "")[:60]
    for text, status, notes in words:
        if status == _DEPRECATED:
            continue
        cased = _CASE in notes
        if _KEEP in notes:
            yield TermData(TermKind.KEEP, source, text, case_sensitive=cased, concept=concept)
        for target, translations in others:
            for translation, said, remarks in translations:
                if target != source:
                    kind = TermKind.FORBIDDEN if said == _DEPRECATED else TermKind.PREFERRED
                    note = " ".join(remarks)[:500]
                    yield TermData(kind, source, text, target, translation, cased, concept, note)


def _words(section: Node) -> Iterator[tuple[str, str, list[str]]]:
    """(term, status, notes) of a language."""
    for one in [*section.find("termSec"), *section.find("tig"), *section.find("ntig")]:
        term = next(one.find("term"), None)
        if term is None or not term.text().strip():
            raise BadFile(_("There is no <term> here."), one.line)
        status = next(
            (
                note.text().strip()
                for note in one.find("termNote")
                if note.attributes.get("type") == "administrativeStatus"
            ),
            next((note.text().strip() for note in one.find("administrativeStatus")), ""),
        )
        yield " ".join(term.text().split()), status, [note.text().strip() for note in one.find("note")]
