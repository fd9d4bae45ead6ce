"""Word to those who show translations: these sentences have other words now."""

from collections.abc import Iterable
from dataclasses import dataclass

from mawsim.core.events import emit
from mawsim.translation.scopes import Scope


@dataclass(frozen=True, slots=True)
class Change:
    """Sentences (or whole texts) by their hashes, in one pair of languages, as seen from `scope`: a public
    change concerns everybody, another its scope alone."""

    source_language: str
    target_language: str
    scope: Scope
    hashes: tuple[str, ...]


def tell(concerned: Iterable[tuple[str, str, Scope, str]]) -> None:
    """Emit `translations_changed` once for all (source, target, scope, hash)."""
    groups: dict[tuple[str, str, Scope], set[str]] = {}
    for source, target, scope, key in concerned:
        groups.setdefault((source, target, scope), set()).add(key)
    changes = [Change(*group, tuple(sorted(hashes))) for group, hashes in groups.items()]
    if changes:
        emit("translations_changed", changes=changes)
