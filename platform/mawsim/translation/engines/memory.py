"""The translation memory as an engine: what people (or engines) have called exactly this text before."""

from collections.abc import Sequence

from django.db.models import Q

from mawsim.translation.engines.base import Candidate, Segment
from mawsim.translation.hashing import source_hash
from mawsim.translation.models import MemoryUnit, Scope, State

_Key = tuple[str, str, str]
_SCORES = {State.MACHINE: 0.8, State.REVIEWED: 0.95, State.OWNER_APPROVED: 1.0}


class Memory:
    """Exact matches only; an organisation's own unit beats the public one."""

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        """One query for the whole batch."""
        keys = [(source_hash(segment.text), segment.source, segment.target) for segment in segments]
        units = self._units(segments, {key[0] for key in keys})
        return [
            self._candidate(units.get((key, segment.organisation_id)) or units.get((key, 0)))
            for key, segment in zip(keys, segments, strict=True)
        ]

    def _units(self, segments: Sequence[Segment], hashes: set[str]) -> dict[tuple[_Key, int], MemoryUnit]:
        owners = {segment.organisation_id for segment in segments} - {0}
        allowed = Q(scope=Scope.PUBLIC) | Q(scope=Scope.ORGANISATION, organisation_id__in=owners)
        found = MemoryUnit.objects.filter(
            allowed, source_hash__in=hashes, target_language__in={segment.target for segment in segments}
        )
        return {
            ((unit.source_hash, unit.source_language, unit.target_language), unit.organisation_id): unit
            for unit in found
        }

    def _candidate(self, unit: MemoryUnit | None) -> Candidate | None:
        if unit is None:
            return None
        state = State(unit.state)
        return Candidate(unit.target_text, _SCORES[state], state, unit.engine, unit.glossary_version)
