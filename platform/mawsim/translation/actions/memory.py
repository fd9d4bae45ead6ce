"""What people say about translations, kept for the next time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.db import transaction

from mawsim.accounts.models import User
from mawsim.translation.changes import tell
from mawsim.translation.facts import differing_values, find
from mawsim.translation.hashing import masked_hash, source_hash
from mawsim.translation.memory.fingerprints import bands
from mawsim.translation.models import MemoryUnit, State, up_to
from mawsim.translation.scopes import PUBLIC, Scope
from mawsim.translation.segmentation import sentences

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Unit:
    """A text and its translation, as somebody vouches for it within `scope`."""

    source_text: str
    target_text: str
    source_language: str
    target_language: str
    state: State
    engine: str = ""
    glossary_version: int = 0
    reviewer: User | None = None
    scope: Scope = PUBLIC


def remember(units: Iterable[Unit]) -> None:
    """Keep translations for the next time the same text turns up, within their scope.

    A unit never replaces one of a higher state: what a person wrote outlasts what a machine wrote. Texts
    of several sentences are kept as a whole and, where both sides have as many, sentence by sentence. All
    who show the same sentence are told (`translations_changed`).
    """
    given = list(units)
    rows = {_key(row): row for unit in given for row in map(_row, [*_parts(unit), unit])}
    if not rows:
        return
    with transaction.atomic():
        MemoryUnit.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=BATCH)
        for stored in MemoryUnit.objects.filter(source_hash__in={key[0] for key in rows}):
            row = rows.get(_key(stored))
            if row and (stored.target_text, stored.state) != (row.target_text, row.state):
                _replace(stored, row)
        tell(_concerned(rows.values()))


def forget(keys: Iterable[int]) -> int:
    """Take units out of the memory; returns how many there were. Callers have checked the right to."""
    with transaction.atomic():
        rows = list(MemoryUnit.objects.filter(pk__in=list(keys)))
        MemoryUnit.objects.filter(pk__in=[row.pk for row in rows]).delete()
        tell(_concerned(rows))
    return len(rows)


def _concerned(rows: Iterable[MemoryUnit]) -> Iterator[tuple[str, str, Scope, str]]:
    return ((row.source_language, row.target_language, row.belongs_to, row.source_hash) for row in rows)


def _parts(unit: Unit) -> list[Unit]:
    """The unit's sentences, if it is certain which is the translation of which."""
    source = sentences(unit.source_text, unit.source_language)
    target = sentences(unit.target_text, unit.target_language)
    if len(source) < 2 or len(source) != len(target):
        return []
    pairs = [(ours.text, theirs.text) for ours, theirs in zip(source, target, strict=True)]
    if any(any(_facts_differ(ours, theirs, unit)) for ours, theirs in pairs):
        return []
    return [replace(unit, source_text=ours, target_text=theirs) for ours, theirs in pairs]


def _facts_differ(ours: str, theirs: str, unit: Unit) -> tuple[list[str], list[str]]:
    return differing_values(find(ours, unit.source_language), theirs, unit.target_language)


def _replace(stored: MemoryUnit, row: MemoryUnit) -> None:
    # Filtered by state in the UPDATE itself: somebody may have approved the unit since it was read.
    MemoryUnit.objects.filter(pk=stored.pk, state__in=up_to(State(row.state))).update(
        source_text=row.source_text,
        target_text=row.target_text,
        state=row.state,
        engine=row.engine,
        glossary_version=row.glossary_version,
        reviewer=row.reviewer,
        masked_hash=row.masked_hash,
        bands=row.bands,
    )


def _row(unit: Unit) -> MemoryUnit:
    return MemoryUnit(
        source_hash=source_hash(unit.source_text),
        source_language=unit.source_language,
        target_language=unit.target_language,
        source_text=unit.source_text,
        target_text=unit.target_text,
        state=unit.state,
        engine=unit.engine,
        glossary_version=unit.glossary_version,
        reviewer=unit.reviewer,
        scope=unit.scope.kind,
        scope_id=unit.scope.id,
        masked_hash=masked_hash(unit.source_text, unit.source_language),
        bands=bands(unit.source_text, unit.source_language, unit.target_language, unit.scope),
    )


def _key(row: MemoryUnit) -> tuple[str, str, str, str, int]:
    return row.source_hash, row.source_language, row.target_language, row.scope, row.scope_id
