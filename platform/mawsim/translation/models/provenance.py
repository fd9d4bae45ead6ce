"""How far a translation can be trusted, and where it came from."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mawsim.core.models import TimeStamped
from mawsim.translation.scopes import Scope, ScopeKind


class State(models.TextChoices):
    """How far a translation can be trusted; higher ones are never overwritten by lower ones."""

    MACHINE = "machine", _("Translated by machine")
    REVIEWED = "reviewed", _("Reviewed by a person")
    OWNER_APPROVED = "owner_approved", _("Approved by the author")


# From the least trusted to the most.
_ORDER = (State.MACHINE, State.REVIEWED, State.OWNER_APPROVED)


def rank(state: str) -> int:
    """How far a state is trusted: the higher, the more."""
    return _ORDER.index(State(state))


def up_to(state: State) -> list[State]:
    """The states that a text of `state` may replace."""
    return list(_ORDER[: rank(state) + 1])


class Provenance(TimeStamped):
    """Where a translation came from. Shared by memory units and by the translated fields of listings."""

    state = models.CharField(max_length=16, choices=State.choices)
    engine = models.CharField(max_length=100, blank=True)  # empty: a person wrote it
    glossary_version = models.PositiveIntegerField(default=0)
    source_hash = models.CharField(max_length=64)  # of the normalised source text
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


class Scoped(models.Model):
    """Belongs to a scope. `scope_id` is no foreign key: text knows neither accounts nor conversations."""

    scope = models.CharField(max_length=12, choices=ScopeKind.choices, default=ScopeKind.PUBLIC)
    scope_id = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def belongs_to(self) -> Scope:
        return Scope(ScopeKind(self.scope), self.scope_id)
