"""The glossary: sets of terms, each set in a scope and with a version."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mawsim.core import languages
from mawsim.core.models import Public
from mawsim.translation.models.provenance import Scoped


class TermSet(Public, Scoped):
    """Terms that are kept together. `version` rises with every change of one of them."""

    name = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "scope", "scope_id"], name="one_term_set_name")
        ]

    def __str__(self) -> str:
        return self.name


class TermKind(models.TextChoices):
    PREFERRED = "preferred", _("Preferred translation")
    FORBIDDEN = "forbidden", _("Forbidden translation")
    KEEP = "keep", _("Do not translate")


class Term(Public):
    """What a word is called in another language, or must not be. KEEP: stays as it is, in all languages,
    and has neither target language nor target text."""

    term_set = models.ForeignKey(TermSet, models.CASCADE, related_name="terms")
    concept = models.CharField(max_length=60, blank=True)  # holds terms of one meaning together (TBX)
    kind = models.CharField(max_length=10, choices=TermKind.choices)
    source_language = models.CharField(max_length=8, choices=languages.CHOICES)
    source_text = models.CharField(max_length=200)
    target_language = models.CharField(max_length=8, choices=languages.CHOICES, blank=True)
    target_text = models.CharField(max_length=200, blank=True)
    case_sensitive = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "term_set",
                    "kind",
                    "source_language",
                    "source_text",
                    "target_language",
                    "target_text",
                ],
                name="one_term",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="keep", target_language="", target_text="")
                | ~models.Q(kind="keep") & ~models.Q(target_language="") & ~models.Q(target_text=""),
                name="term_has_a_target_unless_kept",
            ),
        ]
        indexes = [models.Index(fields=["source_language", "target_language"], name="term_languages")]

    def __str__(self) -> str:
        return self.source_text
