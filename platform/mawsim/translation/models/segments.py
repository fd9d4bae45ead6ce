"""What machines have made of single sentences: each is translated once, however many texts hold it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mawsim.core import languages
from mawsim.core.models import TimeStamped
from mawsim.translation.models.provenance import Scoped


class SegmentStatus(models.TextChoices):
    CLAIMED = "claimed"  # a worker is at it until `claimed_until`
    DONE = "done"
    FAILED = "failed"  # the engine's answer did not pass the checks; this version is not asked again


class SegmentTranslation(TimeStamped, Scoped):
    """One sentence in one language by one version of an engine, under the terms that apply to it."""

    source_hash = models.CharField(max_length=64)
    source_language = models.CharField(max_length=8, choices=languages.CHOICES)
    target_language = models.CharField(max_length=8, choices=languages.CHOICES)
    engine = models.CharField(max_length=100)  # its name and version
    # Fingerprint of the terms and names that occur in this sentence, empty without any: a glossary that
    # changes elsewhere leaves it as it is, so that only the sentences concerned are translated again.
    terms = models.CharField(max_length=32, blank=True)
    glossary_version = models.PositiveIntegerField(default=0)

    status = models.CharField(max_length=8, choices=SegmentStatus.choices, default=SegmentStatus.CLAIMED)
    claim = models.UUIDField(null=True)  # whose it is while it is claimed
    claimed_until = models.DateTimeField(null=True)
    source_text = models.TextField()
    target_text = models.TextField(blank=True)
    score = models.FloatField(default=0)
    problems = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "source_hash",
                    "source_language",
                    "target_language",
                    "engine",
                    "terms",
                    "scope",
                    "scope_id",
                ],
                name="one_segment_translation",
            )
        ]
