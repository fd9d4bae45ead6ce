"""People, the organisations that they act for, and what the platform tells them."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mawsim.accounts import validators
from mawsim.core import languages
from mawsim.core.models import Public


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """The first operator, made at the console, which vouches for the address: no mail is needed."""
        from allauth.account.models import EmailAddress

        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address. `is_staff` marks the operators of the platform."""

    email = models.EmailField(_("E-mail address"), unique=True)
    name = models.CharField(_("Name"), max_length=120, blank=True, validators=[validators.single_line])
    language = models.CharField(_("Language"), max_length=8, choices=languages.CHOICES, default="en")
    time_zone = models.CharField(
        _("Time zone"), max_length=64, default="UTC", validators=[validators.time_zone]
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_ci")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_operator(self) -> bool:
        return self.is_active and self.is_staff


class OrganisationKind(models.TextChoices):
    KOREAN_FIRM = "korean_firm", _("Korean AI firm")
    PARTNER = "partner", _("Partner")
    AGENCY = "agency", _("Trade agency")


class OrganisationSize(models.TextChoices):
    MICRO = "micro", _("1 to 9 people")
    SMALL = "small", _("10 to 49 people")
    MEDIUM = "medium", _("50 to 249 people")
    LARGE = "large", _("250 people or more")


class TradeFlag(models.TextChoices):
    """What an operator has found out about an organisation in trade control."""

    NONE = "", _("None")
    SENSITIVE = "sensitive", _("Sensitive")
    SANCTIONED = "sanctioned", _("Sanctioned")


class Organisation(Public):
    """A firm, partner or agency. `names` holds its name in other languages' scripts: {language: name}."""

    kind = models.CharField(_("Kind"), max_length=16, choices=OrganisationKind.choices)
    name = models.CharField(_("Name"), max_length=validators.NAME_MAX, validators=[validators.single_line])
    names = models.JSONField(
        _("Names in other languages"), default=dict, blank=True, validators=[validators.names]
    )
    country = models.CharField(_("Country"), max_length=2, validators=[validators.country])  # ISO 3166-1
    city = models.CharField(_("City"), max_length=80, blank=True, validators=[validators.single_line])
    website = models.URLField(_("Website"), blank=True, validators=[validators.web_address])
    size = models.CharField(_("Size"), max_length=8, choices=OrganisationSize.choices, blank=True)
    sectors = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("Sectors"),
        default=list,
        blank=True,
        validators=[validators.sectors],
    )
    about = models.TextField(
        pgettext_lazy("an organisation", "About"),
        max_length=validators.ABOUT_MAX,
        blank=True,
        validators=[MaxLengthValidator(validators.ABOUT_MAX), validators.several_lines],
    )
    language = models.CharField(_("Language"), max_length=8, choices=languages.CHOICES, default="en")
    is_active = models.BooleanField(default=True)  # an operator may suspend it: nothing of it shows
    # Set by operators and shown to nobody else: sanctioned ones are not suggested, and neither kind is put
    # into a consortium.
    flag = models.CharField(max_length=12, choices=TradeFlag.choices, default=TradeFlag.NONE, blank=True)

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """The name as readers of `language` know it, else in English, which most of them can read.

        Without either: as the organisation writes it itself.
        """
        if language == self.language:
            return self.name
        return str(self.names.get(language) or self.names.get("en") or self.name)


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")


class Mailed(models.Model):
    """A row that is told by e-mail once: the outbox of `accounts.mail`.

    `mail_after` is both the lease of the worker that is sending and the time of the next attempt.
    """

    mail_pending = models.BooleanField(default=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_after = models.DateTimeField(default=timezone.now)
    mail_error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Membership(Public):
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="one_membership")]


class Invitation(Public, Mailed):
    """An offer of membership by e-mail. The link carries a signed token; it is used once."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.EDITOR)
    language = models.CharField(max_length=8, choices=languages.CHOICES, default="en")  # of the mail
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation",
            )
        ]
        indexes = [
            models.Index(
                fields=["mail_after"], condition=models.Q(mail_pending=True), name="invitation_mail_pending"
            )
        ]


class ClaimState(models.TextChoices):
    SELF_DECLARED = "self_declared", _("Self-declared")
    DOCUMENT_CHECKED = "document_checked", _("Document checked")
    REGISTRY_CHECKED = "registry_checked", _("Checked in the registry")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


class Claim(Public):
    """A certificate or registry entry: who issued it, for what, until when, and how far it is checked."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="claims")
    title = models.CharField(
        _("Certificate or registry entry"), max_length=120, validators=[validators.single_line]
    )
    issuer = models.CharField(_("Issued by"), max_length=120, validators=[validators.single_line])
    scope = models.CharField(_("Scope"), max_length=240, blank=True, validators=[validators.single_line])
    evidence_url = models.URLField(_("Link to the evidence"), blank=True, validators=[validators.web_address])
    expires_on = models.DateField(_("Valid until"), null=True, blank=True)
    state = models.CharField(max_length=16, choices=ClaimState.choices, default=ClaimState.SELF_DECLARED)
    checked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title", "pk"]

    @property
    def current_state(self) -> ClaimState:
        """The state that a reader is shown: what has passed its date is expired, whoever checked it."""
        state = ClaimState(self.state)
        past = self.expires_on is not None and self.expires_on < timezone.now().date()
        return ClaimState.EXPIRED if past and state != ClaimState.REVOKED else state


class NotificationKind(models.TextChoices):
    """What happened; the words, in the recipient's language, are in `accounts.notices`."""

    LISTING_SUBMITTED = "listing_submitted"
    LISTING_PUBLISHED = "listing_published"
    LISTING_REJECTED = "listing_rejected"
    LISTING_EXPIRING = "listing_expiring"
    LISTING_EXPIRED = "listing_expired"
    TRANSLATION_SUGGESTED = "translation_suggested"
    INTEREST_RECEIVED = "interest_received"
    INTEREST_ACCEPTED = "interest_accepted"
    INTEREST_DECLINED = "interest_declined"
    INTEREST_WITHDRAWN = "interest_withdrawn"
    INTEREST_EXPIRED = "interest_expired"
    MESSAGE_RECEIVED = "message_received"
    SAVED_SEARCH_HITS = "saved_search_hits"
    INVITED = "invited"


class Notification(Public, Mailed):
    """One notice to one person, shown in the application and sent by e-mail once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=24, choices=NotificationKind.choices)
    params = models.JSONField(default=dict)  # plain values for the sentence; never a secret
    path = models.CharField(max_length=300)  # where it leads, without host and language prefix
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "read_at"]),
            models.Index(
                fields=["mail_after"], condition=models.Q(mail_pending=True), name="notification_mail_pending"
            ),
        ]
