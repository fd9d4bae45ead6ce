"""What the engine knows of a listing, and what people think of its suggestions."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
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
    build_fault = models.CharField(max_length=300, blank=True)  # why the last snapshot could not be built
    # The collection of a shared index (Milvus) that was filled last, and up to which transaction.
    shared_name = models.CharField(max_length=100, blank=True)
    shared_floor = models.BigIntegerField(null=True, blank=True)

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


class TermFrequency(models.Model):
    """In how many search documents a term occurs, counted now and then; the rarer, the more it says.

    The row without a term holds the number of documents. Words that may be misspelt have the keys by which
    `matching.lexical` finds them.
    """

    term = models.CharField(max_length=60, primary_key=True)
    documents = models.PositiveIntegerField(default=1)
    spelling_keys = ArrayField(models.CharField(max_length=60), null=True)

    class Meta:
        indexes = [GinIndex(fields=["spelling_keys"], name="term_spellings")]


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
        verbose_name = verbose_name_plural = _("Feedback")
        constraints = [models.UniqueConstraint(fields=["organisation", "listing"], name="one_verdict")]


class Source(models.TextChoices):
    INTEREST = "interest", _("Answer to an interest")
    VERDICT = "verdict", _("Verdict on a suggestion")


class Decision(TimeStamped):
    """What one organisation said to another, and how the factors stood then (`matching.learning`).

    `reason` is the code of a refusal, empty for a yes. `verdicts` is {factor: match, gap or unknown} of the
    best pair of the two, and empty where there was none.
    """

    source = models.CharField(max_length=8, choices=Source.choices)
    reference = models.BigIntegerField()  # the interest's or the feedback's number
    decider = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    other = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=24, blank=True)
    verdicts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "reference"], name="one_decision")]


class Load(models.Model):
    """How many interests wait for an organisation's answer."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    open_interests = models.PositiveIntegerField(default=0)


class Weights(models.Model):
    """A set of weights that was learned, with the counts that it follows from. None active: the base ones.

    `pinned`: an operator has chosen this set, and learning does not replace it.
    """

    created_at = models.DateTimeField(auto_now_add=True)
    weights = models.JSONField()  # {factor: weight}
    tallies = models.JSONField(default=dict)  # {factor: fields of matching.learning.Tally}
    decisions = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=False)
    pinned = models.BooleanField(default=False)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["active"], condition=models.Q(active=True), name="one_active_set_of_weights"
            )
        ]


class SuggestionList(models.Model):
    """Which other listings fit a listing best, best first: where a page of suggestions starts from.

    A cache: whoever reads it judges every pair anew and shows only what may be seen. `scores` are those of
    the time and only order the list. `pending` is an outbox: raised when the listing is indexed.
    """

    listing = models.OneToOneField(Listing, models.CASCADE, primary_key=True, related_name="suggestion_list")
    model = models.CharField(max_length=200, blank=True)  # Encoder.name; empty: never computed
    others = ArrayField(models.BigIntegerField(), default=list)
    scores = ArrayField(models.FloatField(), default=list)
    pending = models.BooleanField(default=True)
    marks = models.PositiveIntegerField(default=0)  # how often it was raised again: none is overlooked
    computed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["listing"], condition=models.Q(pending=True), name="suggestion_list_pending")
        ]


class SuggestionPass(models.Model):
    """A walk over all listings that computes their lists anew, in slices; a killed one goes on."""

    model = models.CharField(max_length=200)  # Encoder.name
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    last_listing = models.BigIntegerField(default=0)  # up to this number it is done
    done = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]


class ExposureReport(models.Model):
    """Who is shown how often, as measured by `matches.exposure`."""

    created_at = models.DateTimeField(auto_now_add=True)
    report = models.JSONField()

    class Meta:
        ordering = ["-pk"]


class SavedSearch(Public):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=500, blank=True)
    filters = models.JSONField(default=dict)  # {facet: [codes]}
    language = models.CharField(max_length=8, choices=languages.CHOICES)
    notify = models.BooleanField(default=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Saved search")
        verbose_name_plural = _("Saved searches")
