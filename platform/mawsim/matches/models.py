"""What the engine knows of a listing, and what people think of its suggestions."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import Organisation
from mawsim.core import languages
from mawsim.core.models import Public, TimeStamped
from mawsim.listings.models import Listing


class EmbeddingModel(models.Model):
    """An encoder whose vectors are stored here.

    The one that was activated last is the one to be served, as soon as it is complete.
    """

    name = models.CharField(max_length=200, unique=True)  # Encoder.name
    source = models.CharField(
        max_length=500, blank=True
    )  # EMBEDDING_MODEL that loads it; empty: the bundled one
    dimension = models.PositiveIntegerField()
    activated_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)  # when no listing waited for it any more

    class Meta:
        ordering = ["-activated_at"]

    def __str__(self) -> str:
        return self.name


class ListingVector(models.Model):
    """The embedding of a listing by one model: the truth of which the FAISS snapshot is a cache.

    `transaction` is PostgreSQL's id of the transaction that wrote the row. A reader that remembers the
    oldest transaction still running at its last look, and asks for rows from there on, misses none,
    in whatever order transactions commit.
    """

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="vectors")
    model = models.CharField(max_length=200)  # Encoder.name
    content_hash = models.CharField(max_length=64)
    vector = models.BinaryField()  # float32, little endian, unit length
    attributes = models.JSONField(default=dict)  # taxonomy codes to filter by (matches.attributes)
    visible = models.BooleanField(default=False)
    transaction = models.BigIntegerField(db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "model"], name="one_vector_per_model")]
        indexes = [models.Index(fields=["model", "transaction"], name="vector_changes")]


class SearchDocument(models.Model):
    """The lexical side of a listing: terms cut by matching.lexical, and how indexing went."""

    listing = models.OneToOneField(Listing, models.CASCADE, primary_key=True, related_name="search_document")
    terms = SearchVectorField(null=True)
    revision = models.PositiveIntegerField(default=0)  # of the listing, when it was last indexed
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [GinIndex(fields=["terms"], name="search_terms")]


class Verdict(models.TextChoices):
    SHORTLISTED = "shortlisted", _("Shortlisted")
    DISMISSED = "dismissed", _("Dismissed")


class Feedback(TimeStamped):
    """What an organisation decided about somebody else's listing."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="feedback")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="feedback")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "listing"], name="one_verdict")]


class SavedSearch(Public):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=500, blank=True)
    filters = models.JSONField(default=dict)  # {facet: [codes]}
    language = models.CharField(max_length=8, choices=languages.CHOICES)
    notify = models.BooleanField(default=True)
    checked_at = models.DateTimeField(null=True, blank=True)
