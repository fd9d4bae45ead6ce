"""Named reads of interests and conversations. All of them start from `rules.visible_to`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from mawsim.accounts.models import Organisation
from mawsim.accounts.rules import Reader
from mawsim.core.errors import NotVisible
from mawsim.deals.models import Conversation, Interest, InterestStatus, Message, ReadMark
from mawsim.deals.rules import visible_to
from mawsim.deals.translations import Words, shown_messages, shown_purpose
from mawsim.listings import queries as listings
from mawsim.listings.models import Listing
from mawsim.listings.queries import ListingCard, ShownText

__all__ = [
    "PAGE",
    "Box",
    "Entry",
    "ShownMessage",
    "conversation_messages",
    "entries",
    "first_title",
    "has_earlier",
    "inbox",
    "listing_card",
    "message_of",
    "open_interest",
    "pending_for",
    "shown",
    "shown_purpose",
    "unread_conversations",
    "unread_in",
]
PAGE = 50  # messages
_DECIDED_BY_RECEIVER = [InterestStatus.ACCEPTED, InterestStatus.DECLINED, InterestStatus.EXPIRED]


class Box(StrEnum):
    RECEIVED = "received"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the inbox."""

    interest: Interest
    title: ShownText
    other: Organisation
    unread: bool  # the reader has not seen its state
    new_messages: bool


@dataclass(frozen=True, slots=True)
class ShownMessage:
    message: Message
    words: Words
    own: bool  # written by the reader's side

    @property
    def text(self) -> ShownText:
        return self.words.text


def inbox(
    user: Reader, organisation: Organisation, box: Box = Box.RECEIVED, status: InterestStatus | None = None
) -> QuerySet[Interest]:
    """What the organisation has received or sent, what moved last at the top.

    Annotated with `unread` and `new_messages` for this user.
    """
    interests = _of(user, organisation, box)
    if status:
        interests = interests.filter(status=status)
    return (
        interests.annotate(
            unread=_unseen_by(user, box),
            new_messages=Exists(_unread_messages(user).filter(conversation__interest=OuterRef("pk"))),
            moved_at=Coalesce("conversation__last_message_at", "decided_at", "created_at"),
        )
        .select_related("organisation", "listing__organisation", "conversation")
        .order_by("-moved_at", "-pk")
    )


def entries(user: Reader, interests: Iterable[Interest], box: Box, language: str) -> list[Entry]:
    """The lines of interests from `inbox`. Two queries however many there are."""
    rows = list(interests)
    cards = _visible_cards(user, [row.listing_id for row in rows], language)
    return [
        Entry(
            row,
            cards[row.listing_id].title if row.listing_id in cards else first_title(row),
            row.organisation if box == Box.RECEIVED else row.listing.organisation,
            row.unread,  # type: ignore[attr-defined]  # annotated by `inbox`
            row.new_messages,  # type: ignore[attr-defined]
        )
        for row in rows
    ]


def unread_in(user: Reader, organisation: Organisation) -> dict[str, int]:
    """{box: how many of its interests hold something that the user has not seen}. Two queries."""
    return {str(box): inbox(user, organisation, box).filter(_news()).count() for box in Box}


def pending_for(organisation: Organisation) -> QuerySet[Interest]:
    """What waits for the organisation's answer."""
    return Interest.objects.filter(
        listing__organisation=organisation,
        organisation__is_active=True,
        status=InterestStatus.PENDING,
        expires_at__gt=timezone.now(),
    )


def open_interest(organisation: Organisation, listing: Listing) -> Interest | None:
    """The organisation's interest in the listing that waits for an answer or was accepted."""
    return (
        Interest.objects.filter(
            organisation=organisation,
            listing=listing,
            status__in=[InterestStatus.PENDING, InterestStatus.ACCEPTED],
        )
        .exclude(status=InterestStatus.PENDING, expires_at__lte=timezone.now())
        .first()
    )


def listing_card(user: Reader, interest: Interest, language: str) -> ListingCard | None:
    """The listing as the user may see it today; None where it no longer shows."""
    return _visible_cards(user, [interest.listing_id], language).get(interest.listing_id)


def first_title(interest: Interest) -> ShownText:
    """The listing's title when the interest was expressed."""
    language = interest.title_language
    return ShownText(interest.title, language, False, None, False, interest.title, language)


def unread_conversations(user: Reader) -> QuerySet[Conversation]:
    """Conversations of the user's organisations with a message that somebody else wrote and the user
    has not seen."""
    return Conversation.objects.filter(
        Exists(_unread_messages(user).filter(conversation=OuterRef("pk"))), interest__in=visible_to(user)
    )


def conversation_messages(
    conversation: Conversation, *, after: str = "", before: str = "", limit: int = PAGE
) -> list[Message]:
    """At most `limit` messages, oldest first: those after or before one (its public id), else the newest.

    `NotVisible` for a message that is not in this conversation.
    """
    messages = conversation.messages.select_related("author", "organisation")
    if after:
        return list(messages.filter(pk__gt=_key(conversation, after)).order_by("pk")[:limit])
    if before:
        messages = messages.filter(pk__lt=_key(conversation, before))
    return list(messages.order_by("-pk")[:limit])[::-1]


def has_earlier(conversation: Conversation, messages: list[Message]) -> bool:
    return bool(messages) and conversation.messages.filter(pk__lt=messages[0].pk).exists()


def shown(
    conversation: Conversation, messages: list[Message], organisation: Organisation, language: str
) -> list[ShownMessage]:
    """Messages of the conversation as a member of `organisation` reads them. Two queries."""
    found = shown_messages(conversation.interest_id, messages, language, organisation.pk)
    return [
        ShownMessage(message, words, message.organisation_id == organisation.pk)
        for message, words in zip(messages, found, strict=True)
    ]


def message_of(conversation: Conversation, public_id: str) -> Message:
    """`NotVisible` for a message that is not in this conversation."""
    message = (
        conversation.messages.select_related("author", "organisation").filter(public_id=public_id).first()
    )
    if message is None:
        raise NotVisible
    return message


def _of(user: Reader, organisation: Organisation, box: Box) -> QuerySet[Interest]:
    side = {"organisation": organisation} if box == Box.SENT else {"listing__organisation": organisation}
    return visible_to(user).filter(**side)


def _unseen_by(user: Reader, box: Box) -> Combinable:
    """Received: a waiting one that the user has never opened. Sent: an answer that the user has not seen."""
    own = ReadMark.objects.filter(interest=OuterRef("pk"), user_id=_key_of(user))
    if box == Box.RECEIVED:
        return Q(status=InterestStatus.PENDING) & ~Exists(own)
    return Q(status__in=_DECIDED_BY_RECEIVER) & ~Exists(own.filter(status=OuterRef("status")))


def _unread_messages(user: Reader) -> QuerySet[Message]:
    """What others wrote after the message up to which the user has read."""
    mark = ReadMark.objects.filter(interest=OuterRef("conversation__interest"), user_id=_key_of(user))
    read_up_to = Coalesce(Subquery(mark.values("message_id")[:1]), 0)
    return (
        Message.objects.exclude(author_id=_key_of(user))
        .annotate(read_up_to=read_up_to)
        .filter(pk__gt=F("read_up_to"))
    )


def _key_of(user: Reader) -> int:
    return user.pk or 0  # nobody's, for who is not signed in


def _news() -> Q:
    return Q(unread=True) | Q(new_messages=True)


def _visible_cards(user: Reader, listing_ids: list[int], language: str) -> dict[int, ListingCard]:
    rows = listings.visible_to(user).filter(pk__in=listing_ids).select_related("organisation")
    return {card.listing.pk: card for card in listings.cards(rows, language)}


def _key(conversation: Conversation, public_id: str) -> int:
    key = conversation.messages.filter(public_id=public_id).values_list("pk", flat=True).first()
    if key is None:
        raise NotVisible
    return key
