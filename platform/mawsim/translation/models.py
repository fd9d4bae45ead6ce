"""Translation memory: what a text is called in another language, and who says so."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mawsim.core import languages
from mawsim.core.models import TimeStamped


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
    engine = models.CharField(max_length=60, blank=True)  # empty: a person wrote it
    glossary_version = models.PositiveIntegerField(default=0)
    source_hash = models.CharField(max_length=64)  # of the normalised source text
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


class Scope(models.TextChoices):
    PUBLIC = "public"
    ORGANISATION = "organisation"


class MemoryUnit(Provenance):
    """One text and its translation. Confidential units stay in the scope of their organisation."""

    source_language = models.CharField(max_length=8, choices=languages.CHOICES)
    target_language = models.CharField(max_length=8, choices=languages.CHOICES)
    source_text = models.TextField()
    target_text = models.TextField()
    scope = models.CharField(max_length=12, choices=Scope.choices, default=Scope.PUBLIC)
    organisation_id = models.BigIntegerField(
        default=0
    )  # 0 in the public scope; no key: text knows no accounts

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_hash", "source_language", "target_language", "scope", "organisation_id"],
                name="one_unit_per_scope",
            )
        ]
