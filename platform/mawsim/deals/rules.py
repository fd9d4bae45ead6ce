"""Who may see and do what in a deal, and the gates through which everybody gets one.

Only members of the two organisations: viewers read, editors and owners write. Operators have no right
of their own here, so that what two organisations write to each other stays between them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import Membership, Organisation, Role
from mawsim.accounts.rules import Reader, at_least
from mawsim.core.errors import Conflict, NotAllowed, NotVisible
from mawsim.deals.models import Conversation, Interest, InterestStatus


@dataclass(frozen=True, slots=True)
class Seat:
    """The side from which a member looks at an interest."""

    organisation: Organisation
    other: Organisation
    role: Role
    received: bool  # the organisation owns the listing; else it expressed the interest

    @property
    def writes(self) -> bool:
        return at_least(self.role, Role.EDITOR)


def visible_to(user: Reader) -> QuerySet[Interest]:
    """The interests of the user's organisations, sent and received.

    What a suspended organisation has sent shows to the receiver only once both have agreed to talk.
    """
    if not user.is_authenticated or not user.is_active:
        return Interest.objects.none()
    own = Membership.objects.filter(user=user, organisation__is_active=True).values("organisation_id")
    sender_shows = Q(organisation__is_active=True) | Q(status=InterestStatus.ACCEPTED)
    return Interest.objects.filter(
        Q(organisation_id__in=own) | (Q(listing__organisation_id__in=own) & sender_shows)
    )


def get_interest(user: Reader, public_id: str) -> Interest:
    """The gate of interests; `NotVisible` for everybody but members of the two organisations."""
    related = ("listing__organisation", "organisation", "author", "decided_by", "conversation")
    interest = visible_to(user).select_related(*related).filter(public_id=public_id).first()
    if interest is None:
        raise NotVisible
    return interest


def get_conversation(user: Reader, public_id: str) -> Conversation:
    """The gate of conversations, open to those who see the interest."""
    conversation = (
        Conversation.objects.filter(interest__in=visible_to(user), public_id=public_id)
        .select_related("interest__listing__organisation", "interest__organisation", "interest__author")
        .first()
    )
    if conversation is None:
        raise NotVisible
    return conversation


def seat_of(user: Reader, interest: Interest, acting: Organisation | None = None) -> Seat:
    """Where the user sits; who belongs to both sides sits with the `acting` one, else the receiver's.

    `NotVisible` for who belongs to neither, or only to a suspended one.
    """
    roles = _roles(user, sides(interest))
    sender, receiver = interest.organisation, interest.listing.organisation
    received = receiver.pk in roles and not (acting and acting.pk == sender.pk and sender.pk in roles)
    organisation, other = (receiver, sender) if received else (sender, receiver)
    if organisation.pk not in roles:
        raise NotVisible
    return Seat(organisation, other, roles[organisation.pk], received)


def require_seat(user: Reader, interest: Interest, organisation: Organisation) -> Seat:
    """A seat with `organisation` from which the user may write, else `NotVisible` or `NotAllowed`."""
    seat = seat_of(user, interest, organisation)
    if seat.organisation.pk != organisation.pk:
        raise NotVisible
    if not seat.writes:
        raise NotAllowed
    return seat


def require_active(organisation: Organisation) -> None:
    """`Conflict` while an operator has suspended the organisation on the other side."""
    if not Organisation.objects.filter(pk=organisation.pk, is_active=True).exists():
        raise Conflict(_("The other organisation is suspended at the moment, so nothing can be sent to it."))


def sides(interest: Interest) -> tuple[Organisation, Organisation]:
    """The sender and the receiver."""
    return interest.organisation, interest.listing.organisation


def _roles(user: Reader, organisations: Iterable[Organisation]) -> dict[int, Role]:
    """{organisation: the user's role} for the active ones among them; read afresh, never from memory."""
    if not user.is_authenticated or not user.is_active:
        return {}
    held = Membership.objects.filter(
        user=user, organisation__in=[one.pk for one in organisations], organisation__is_active=True
    )
    return {pk: Role(role) for pk, role in held.values_list("organisation_id", "role")}
