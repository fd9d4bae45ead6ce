"""The translation memory: what people have called a text in another language, and who says so."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from mawsim.core import languages
from mawsim.translation.models.provenance import Provenance, Scoped


class MemoryUnit(Provenance, Scoped):
    """One text and its translation: a whole field or one of its sentences. Stays in its scope."""

    source_language = models.CharField(max_length=8, choices=languages.CHOICES)
    target_language = models.CharField(max_length=8, choices=languages.CHOICES)
    source_text = models.TextField()
    target_text = models.TextField()
    # Of the text with its facts taken out: "12 hospitals" finds "40 hospitals". Empty without facts.
    masked_hash = models.CharField(max_length=64, blank=True)
    # MinHash bands (memory.fingerprints): units that share one are similar. Salted with the languages and
    # the scope, so that a search reads nobody else's units.
    bands = ArrayField(models.IntegerField(), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_hash", "source_language", "target_language", "scope", "scope_id"],
                name="one_unit_per_scope",
            )
        ]
        indexes = [
            models.Index(fields=["masked_hash"], condition=~models.Q(masked_hash=""), name="memory_masked"),
            # No pending list: every search would have to read it from end to end.
            GinIndex(fields=["bands"], fastupdate=False, name="memory_bands"),
        ]
