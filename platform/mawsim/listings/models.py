"""Offers and needs, their history and their translations."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mawsim.accounts.models import Organisation
from mawsim.core import languages
from mawsim.core.models import Public, TimeStamped
from mawsim.translation.models import Provenance

TITLE_LENGTH, SUMMARY_LENGTH, BODY_LENGTH = 120, 500, 4000


class Kind(models.TextChoices):
    OFFER = "offer", _("Offer")
    NEED = "need", _("Need")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", pgettext_lazy("status", "Published")
    ON_HOLD = "on_hold", _("On hold")
    REJECTED = "rejected", _("Changes requested")
    EXPIRED = "expired", _("Expired")
    ARCHIVED = "archived", _("Archived")


class Listing(Public):
    """One offer or need. The text is in `source_language`, as declared by its author."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="listings")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    pillar = models.CharField(max_length=20)
    # What a need asks for besides: perhaps no single partner has it all (matches.consortium).
    further_pillars = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    sectors = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    technologies = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    partnership_types = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    target_countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    stage = models.PositiveSmallIntegerField(null=True, blank=True)  # TRL 1-9
    details = models.JSONField(default=dict, blank=True)  # the pillar's own fields (listings.details)
    source_language = models.CharField(max_length=8, choices=languages.CHOICES)
    title = models.CharField(max_length=TITLE_LENGTH)
    summary = models.CharField(max_length=SUMMARY_LENGTH)
    body = models.TextField(max_length=BODY_LENGTH, blank=True)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    open_for_interest = models.BooleanField(default=True)
    review_note = models.CharField(max_length=1000, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    expiry_notice_at = models.DateTimeField(null=True, blank=True)
    held_by_operator = models.BooleanField(default=False)  # then its owner cannot resume it
    # Since when words have been public that no second person has read: an edit of a published listing
    # stays published, so that a corrected typo does not cost days, and is read afterwards.
    recheck_since = models.DateTimeField(null=True, blank=True)

    # Outbox: raised in the transaction that changes the row, lowered by the worker that has caught up
    # with that revision and no older one.
    revision = models.PositiveIntegerField(default=1)
    index_pending = models.BooleanField(default=True)
    translation_pending = models.BooleanField(default=True)
    # Lease of the worker that translates, and back-off after an engine's error.
    translation_retry_at = models.DateTimeField(null=True, blank=True)
    translation_attempts = models.PositiveSmallIntegerField(default=0)
    translation_error = models.CharField(max_length=300, blank=True)
    submission_token = models.UUIDField(
        unique=True, null=True, editable=False
    )  # a form sent twice saves once

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(index_pending=True), name="listing_index_pending"),
            models.Index(
                fields=["id"], condition=models.Q(translation_pending=True), name="listing_tr_pending"
            ),
            models.Index(fields=["status", "expires_at"], name="listing_status"),
            # What is read without a question: the newest first, page by page.
            models.Index(
                fields=["-published_at", "-id"],
                condition=models.Q(status="published"),
                name="listing_newest",
            ),
            models.Index(
                fields=["recheck_since"],
                condition=models.Q(recheck_since__isnull=False),
                name="listing_recheck",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def path(self) -> str:
        """Its page, without host and language prefix, for notices."""
        return f"/listings/{self.public_id}/"


class Event(models.TextChoices):
    """What made a version."""

    CREATED = "created", _("Created")
    EDITED = "edited", _("Edited")
    SUBMITTED = "submitted", _("Sent for review")
    WITHDRAWN = "withdrawn", _("Taken back from review")
    PUBLISHED = "published", _("Reviewed and published")
    REJECTED = "rejected", _("Changes requested")
    RECHECKED = "rechecked", _("Edit reviewed")
    HELD = "held", pgettext_lazy("it was", "Put on hold")
    RESUMED = "resumed", _("Published again")
    RENEWED = "renewed", _("Renewed")
    EXPIRED = "expired", _("Expired")
    ARCHIVED = "archived", _("Archived")
    RESTORED = "restored", _("Restored as a draft")
    OPENED = "opened", _("Opened for interest")
    CLOSED = "closed", _("Closed for interest")
    TRANSLATED = "translated", _("Translation corrected")
    IMPORTED = "imported", _("Imported")


class ListingVersion(TimeStamped):
    """The content of a listing as it was at `number`, its revision then, and what made it so."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    event = models.CharField(max_length=12, choices=Event.choices, default=Event.EDITED)
    note = models.CharField(max_length=1000, blank=True)
    content = models.JSONField()  # listings.versions.content_of

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["listing", "number"], name="one_version_number")]


class Field(models.TextChoices):
    """The texts of a listing that are translated."""

    TITLE = "title", _("Title")
    SUMMARY = "summary", _("Summary")
    BODY = "body", _("Description")


class ListingTranslation(Provenance):
    """One field of a listing in another language; stale when `source_hash` is no longer the source's."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="translations")
    field = models.CharField(max_length=8, choices=Field.choices)
    language = models.CharField(max_length=8, choices=languages.CHOICES)
    text = models.TextField()
    # Whether nothing of it is still in the original; and its sentences in order, as `listings.pieces`
    # writes them. Empty: a person wrote the whole.
    complete = models.BooleanField(default=True)
    pieces = models.JSONField(default=list, blank=True)
    hashes = ArrayField(models.CharField(max_length=64), default=list, blank=True)  # of those sentences

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listing", "field", "language"], name="one_translation_per_field")
        ]
        indexes = [GinIndex(fields=["hashes"], name="listing_tr_hashes")]


class BodyRequest(TimeStamped):
    """A reader has opened a listing whose body is not there in `language`. `done` of `total` sentences."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="body_requests")
    language = models.CharField(max_length=8, choices=languages.CHOICES)
    source_hash = models.CharField(max_length=64)  # of the body that was asked for
    pending = models.BooleanField(default=True)
    total = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)  # lease, and back-off after an error

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listing", "language"], name="one_body_request_per_language")
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(pending=True), name="body_request_pending")]


class SuggestionStatus(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")


class TranslationSuggestion(Public):
    """A reader's better words for one field in another language, for its owners or a reviewer to decide.

    `source_hash` is that of the original that the reader saw.
    """

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="suggested_translations")
    field = models.CharField(max_length=8, choices=Field.choices)
    language = models.CharField(max_length=8, choices=languages.CHOICES)
    text = models.TextField()
    source_hash = models.CharField(max_length=64)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=SuggestionStatus.choices, default=SuggestionStatus.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "field", "language", "author"],
                condition=models.Q(status="open"),
                name="one_open_suggestion_each",
            )
        ]
