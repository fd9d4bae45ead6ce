"""From the first expression of interest to a conversation."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import Organisation
from mawsim.core import languages
from mawsim.core.models import Public, TimeStamped
from mawsim.listings.models import TITLE_LENGTH, Listing
from mawsim.translation.models import State

PURPOSE_MIN, PURPOSE_MAX, NOTE_MAX, MESSAGE_MAX = 30, 1500, 500, 4000


class InterestStatus(models.TextChoices):
    PENDING = "pending", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired without an answer")


class DeclineReason(models.TextChoices):
    NOT_RELEVANT = "not_relevant", _("Not relevant to what we seek")
    WRONG_MARKET = "wrong_market", _("Not our market")
    WRONG_STAGE = "wrong_stage", _("Too early or too late a stage")
    NO_CAPACITY = "no_capacity", _("No capacity at the moment")
    ALREADY_PARTNERED = "already_partnered", _("We already have a partner")
    BUDGET = "budget", _("Budget does not fit")
    COMPLIANCE = "compliance", _("Compliance or legal reasons")
    NEED_MORE_INFORMATION = "need_more_information", _("Too little information")
    OTHER = "other", _("Another reason")


class Interest(Public):
    """An organisation's expression of interest in another's listing.

    `title` is the listing's title when the interest was expressed: both sides may go on seeing that one
    when the listing itself is no longer public.
    """

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="interests")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="interests")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=TITLE_LENGTH)
    title_language = models.CharField(max_length=8, choices=languages.CHOICES)
    purpose = models.TextField(max_length=PURPOSE_MAX)
    language = models.CharField(max_length=8, choices=languages.CHOICES)
    status = models.CharField(max_length=10, choices=InterestStatus.choices, default=InterestStatus.PENDING)
    decline_reason = models.CharField(max_length=24, choices=DeclineReason.choices, blank=True)
    decline_note = models.CharField(max_length=NOTE_MAX, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)  # also of a withdrawal and of the expiry
    expires_at = models.DateTimeField()
    submission_token = models.UUIDField(
        unique=True, null=True, editable=False
    )  # a form sent twice saves once

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "organisation"],
                condition=models.Q(status__in=["pending", "accepted"]),
                name="one_open_interest",
            )
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(status="pending"), name="interest_pending_expiry"
            )
        ]

    @property
    def path(self) -> str:
        """Its page, without host and language prefix, for notices."""
        return f"/interests/{self.public_id}/"

    @property
    def is_waiting(self) -> bool:
        """Whether it can still be answered or withdrawn."""
        return self.status == InterestStatus.PENDING and self.expires_at > timezone.now()


class Conversation(Public):
    """Opened by an accepted interest; both organisations' members read it, editors and owners write."""

    interest = models.OneToOneField(Interest, models.CASCADE, related_name="conversation")
    last_message_at = models.DateTimeField(null=True, blank=True)

    @property
    def path(self) -> str:
        """Its page, without host and language prefix, for notices."""
        return f"/conversations/{self.public_id}/"


class Message(Public):
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    text = models.TextField(max_length=MESSAGE_MAX)
    language = models.CharField(max_length=8, choices=languages.CHOICES)
    submission_token = models.UUIDField(unique=True, editable=False)  # a form sent twice posts once

    class Meta:
        ordering = ["pk"]  # written one at a time per conversation, so this is the order of commits


class DealTranslation(TimeStamped):
    """A message, or without one the purpose of the interest, in another language: asked for, then there.

    Made by memory and machines in the scope of this deal. An empty `text` that is not pending: nobody
    could translate it.
    """

    interest = models.ForeignKey(Interest, models.CASCADE, related_name="translations")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="translations")
    language = models.CharField(max_length=8, choices=languages.CHOICES)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State.choices, blank=True)
    engine = models.CharField(max_length=100, blank=True)
    complete = models.BooleanField(default=False)
    pieces = models.JSONField(default=list, blank=True)  # its sentences, as `listings.pieces` writes them
    hashes = ArrayField(models.CharField(max_length=64), default=list, blank=True)  # of those sentences
    facts = models.JSONField(default=list, blank=True)  # what was locked, as it stands in the original

    pending = models.BooleanField(default=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)  # lease, and back-off after an error

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interest", "message", "language"],
                nulls_distinct=False,
                name="one_deal_translation_per_language",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(pending=True) | models.Q(text=""),
                name="deal_translation_due",
            ),
            GinIndex(fields=["hashes"], name="deal_translation_hashes"),
        ]

    @property
    def original(self) -> str:
        return self.message.text if self.message else self.interest.purpose

    @property
    def source(self) -> str:
        """The language of the original."""
        return self.message.language if self.message else self.interest.language


class ReadMark(models.Model):
    """What a person has seen of an interest: its state, and its conversation up to a message."""

    interest = models.ForeignKey(Interest, models.CASCADE, related_name="read_marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=InterestStatus.choices)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interest", "user"], name="one_read_mark")]
