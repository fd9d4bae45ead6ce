"""Named reads of people, organisations and notices."""

from allauth.account.models import EmailAddress
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils import timezone

from mawsim.accounts.models import Claim, Invitation, Membership, Notification, Organisation, Role, User
from mawsim.accounts.rules import Reader

_OWNERS_FIRST = Case(
    When(role=Role.OWNER, then=Value(0)),
    When(role=Role.EDITOR, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def organisations_of(user: Reader) -> QuerySet[Organisation]:
    """The active organisations that the user belongs to, the one joined first at the top."""
    if not user.is_authenticated:
        return Organisation.objects.none()
    return Organisation.objects.filter(memberships__user=user, is_active=True).order_by(
        "memberships__created_at"
    )


def members(organisation: Organisation) -> QuerySet[Membership]:
    """Memberships with their users, owners first."""
    return organisation.memberships.select_related("user").order_by(_OWNERS_FIRST, "created_at")


def correspondents(organisation: Organisation) -> QuerySet[User]:
    """Who is told when something happens to the organisation: its active owners and editors."""
    return User.objects.filter(
        is_active=True,
        memberships__organisation=organisation,
        memberships__role__in=[Role.OWNER, Role.EDITOR],
    ).order_by("pk")


def reviewers(organisation: Organisation) -> QuerySet[User]:
    """The operators who may review what the organisation posts: none who belongs to it."""
    own = organisation.memberships.values("user")
    return User.objects.filter(is_active=True, is_staff=True).exclude(pk__in=own).order_by("pk")


def open_invitations(organisation: Organisation) -> QuerySet[Invitation]:
    """Neither accepted nor revoked; those past their date are still listed, so that they can be renewed."""
    return organisation.invitations.filter(accepted_at=None, revoked_at=None).select_related("invited_by")


def verified_addresses(user: User) -> list[str]:
    """The user's verified e-mail addresses, in lower case."""
    addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return [address.lower() for address in addresses]


def user_of_address(email: str) -> User | None:
    """The active user who has proved to own the address."""
    return User.objects.filter(
        is_active=True, emailaddress__verified=True, emailaddress__email__iexact=email
    ).first()


def waiting_invitations(user: User) -> QuerySet[Invitation]:
    """Invitations that the user may accept now: to a verified address, not expired, organisation active."""
    return (
        Invitation.objects.annotate(address=Lower("email"))
        .filter(
            address__in=verified_addresses(user),
            accepted_at=None,
            revoked_at=None,
            expires_at__gt=timezone.now(),
            organisation__is_active=True,
        )
        .select_related("organisation", "invited_by")
    )


def claims_of(organisation: Organisation) -> QuerySet[Claim]:
    return organisation.claims.all()


def notifications_of(user: User) -> QuerySet[Notification]:
    """The user's notices, newest first."""
    return user.notifications.all()


def unread_count(user: Reader) -> int:
    return Notification.objects.filter(user=user, read_at=None).count() if user.is_authenticated else 0
