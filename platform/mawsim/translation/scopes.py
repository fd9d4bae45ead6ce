"""Who may have a text: the one notion of confidentiality in this package.

A text belongs to one scope. What is made of it (a translation, a memory unit, a term) never leaves that
scope; what is public may be used everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScopeKind(models.TextChoices):
    PUBLIC = "public", _("Everybody")
    ORGANISATION = "organisation", _("One organisation")
    CONVERSATION = "conversation", _("One conversation")


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """`id` is the key of the organisation or conversation, 0 for the public."""

    kind: ScopeKind = ScopeKind.PUBLIC
    id: int = 0

    def __post_init__(self) -> None:
        if (self.kind == ScopeKind.PUBLIC) != (self.id == 0):
            raise ValueError(f"a public scope has the id 0, any other has not: {self.kind} {self.id}")

    @property
    def is_public(self) -> bool:
        return self.kind == ScopeKind.PUBLIC


PUBLIC = Scope()


def organisation(key: int) -> Scope:
    return Scope(ScopeKind.ORGANISATION, key)


def conversation(key: int) -> Scope:
    return Scope(ScopeKind.CONVERSATION, key)


def seen_from(*scopes: Scope) -> tuple[Scope, ...]:
    """What may be looked up from the given scopes: the public one, and they themselves. The most
    particular comes first: a conversation's words beat an organisation's, and those the public ones."""
    rank = {ScopeKind.CONVERSATION: 0, ScopeKind.ORGANISATION: 1, ScopeKind.PUBLIC: 2}
    return tuple(sorted({PUBLIC, *scopes}, key=lambda scope: (rank[scope.kind], scope.id)))


def rows_in(scopes: Iterable[Scope]) -> models.Q:
    """The rows (with `scope` and `scope_id`) that lie in one of the scopes; none for no scopes."""
    found = models.Q(pk__in=[])
    for scope in scopes:
        found |= models.Q(scope=scope.kind, scope_id=scope.id)
    return found
