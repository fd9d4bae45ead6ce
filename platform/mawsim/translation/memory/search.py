"""Look a sentence up: exactly, with other facts in the same words, or nearly the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from rapidfuzz import fuzz, process, utils

from mawsim.translation.hashing import source_hash
from mawsim.translation.memory.fingerprints import BANDS, bands
from mawsim.translation.models import MemoryUnit, State
from mawsim.translation.scopes import Scope, rows_in, seen_from

READ_AT_MOST = 3000  # rows of one search, so that a sentence that everybody uses cannot slow it down
WORTH_SHOWING = 0.6

# Materialised, so that the limit does not tempt the planner to read the table from its start: it takes
# the array operator for far less selective than it is. Rows are still read one by one, up to the limit.
_NEAR = """
    WITH near AS MATERIALIZED (
        SELECT id, bands FROM translation_memoryunit
        WHERE bands && %(bands)s::int[] AND source_language = %(source)s AND target_language = %(target)s
    )
    SELECT id FROM (SELECT id, bands FROM near LIMIT %(read)s) AS read
    ORDER BY :shared DESC, id
    LIMIT %(limit)s
"""
# The n-th band of one text can only be the n-th of another.
_SHARED = " + ".join(f"(bands[{n}] = ANY(%(band{n})s::int[]))::int" for n in range(1, BANDS + 1))


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit of the memory. `score` is 1 for the same text, else the similarity of the letters."""

    source_text: str
    target_text: str
    score: float
    state: State
    engine: str
    scope: Scope
    pk: int


def exact(
    wanted: Iterable[tuple[str, str, str]], scopes: Sequence[Scope]
) -> dict[tuple[str, str, str, Scope], MemoryUnit]:
    """{(hash, source, target, scope): unit} for (hash, source, target) in these very scopes. One query."""
    keys = list(wanted)
    found = MemoryUnit.objects.filter(
        rows_in(scopes),
        source_hash__in={key[0] for key in keys},
        target_language__in={key[2] for key in keys},
    )
    return {
        (unit.source_hash, unit.source_language, unit.target_language, unit.belongs_to): unit
        for unit in found
    }


def similar(text: str, source: str, target: str, scopes: Iterable[Scope], limit: int = 5) -> list[Hit]:
    """The most similar units that may be seen from the scopes, best first, none below 0.6. Two queries."""
    visible = seen_from(*scopes)
    wanted = [bands(text, source, target, scope) for scope in visible]
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "bands": [band for each in wanted for band in each],
            "source": source,
            "target": target,
            "read": READ_AT_MOST,
            "limit": 10 * limit,
        }
        values |= {f"band{n}": list(same) for n, same in enumerate(zip(*wanted, strict=True), start=1)}
        cursor.execute(_NEAR.replace(":shared", _SHARED), values)
        keys = [row[0] for row in cursor.fetchall()]
    # The scopes are asked again: bands are hashes, and hashes may collide.
    units = list(MemoryUnit.objects.filter(rows_in(visible), pk__in=keys))
    hits = [_hit(unit, score) for unit, score in _scored(text, units) if score >= WORTH_SHOWING]
    return sorted(hits, key=lambda hit: (-hit.score, visible.index(hit.scope), hit.pk))[:limit]


def _scored(text: str, units: list[MemoryUnit]) -> list[tuple[MemoryUnit, float]]:
    own = source_hash(text)
    scores = process.cdist(
        [text], [unit.source_text for unit in units], scorer=fuzz.ratio, processor=utils.default_process
    )
    # Only the same text is 1: one that differs in case or a comma is nearly so.
    return [
        (unit, 1.0 if unit.source_hash == own else min(float(score) / 100, 0.99))
        for unit, score in zip(units, scores[0] if units else [], strict=True)
    ]


def _hit(unit: MemoryUnit, score: float) -> Hit:
    state = State(unit.state)
    return Hit(
        unit.source_text, unit.target_text, round(score, 4), state, unit.engine, unit.belongs_to, unit.pk
    )
