"""Writes to the translation memory."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from mawsim.accounts.models import User
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import MemoryUnit, Scope, State, up_to


@dataclass(frozen=True, slots=True)
class Unit:
    """A text and its translation, as somebody vouches for it. `organisation_id` 0: everybody may have it."""

    source_text: str
    target_text: str
    source_language: str
    target_language: str
    state: State
    engine: str = ""
    glossary_version: int = 0
    reviewer: User | None = None
    organisation_id: int = 0


def remember(units: Iterable[Unit]) -> None:
    """Keep translations for the next time the same text turns up, within their scope.

    A unit never replaces one of a higher state: what a person wrote outlasts what a machine wrote.
    """
    rows = {_key(row): row for row in map(_row, units)}
    if not rows:
        return
    with transaction.atomic():
        MemoryUnit.objects.bulk_create(rows.values(), ignore_conflicts=True)
        for stored in MemoryUnit.objects.filter(source_hash__in={key[0] for key in rows}):
            row = rows.get(_key(stored))
            if row and (stored.target_text, stored.state) != (row.target_text, row.state):
                _replace(stored, row)


def _replace(stored: MemoryUnit, row: MemoryUnit) -> None:
    # Filtered by state in the UPDATE itself: somebody may have approved the unit since it was read.
    MemoryUnit.objects.filter(pk=stored.pk, state__in=up_to(State(row.state))).update(
        source_text=row.source_text,
        target_text=row.target_text,
        state=row.state,
        engine=row.engine,
        glossary_version=row.glossary_version,
        reviewer=row.reviewer,
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
        scope=Scope.ORGANISATION if unit.organisation_id else Scope.PUBLIC,
        organisation_id=unit.organisation_id,
    )


def _key(row: MemoryUnit) -> tuple[str, str, str, int]:
    return row.source_hash, row.source_language, row.target_language, row.organisation_id
