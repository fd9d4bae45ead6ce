"""Writing and reading in a conversation."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mawsim.accounts.models import Organisation, User
from mawsim.core.errors import InvalidInput
from mawsim.deals import rules, texts
from mawsim.deals.actions.translations import want_for_members
from mawsim.deals.models import Conversation, Interest, Message, ReadMark
from mawsim.deals.notices import forget, tell_of_message


@transaction.atomic
def post_message(
    *,
    actor: User,
    conversation: Conversation,
    organisation: Organisation,
    text: str,
    language: str,
    submission_token: UUID,
) -> Message:
    """Write for one of the two organisations, as its editor or owner.

    The same form sent twice posts once; a used form with other words is `InvalidInput`, so that they
    are not lost. `Conflict` while the other organisation is suspended.
    """
    # One writer at a time: messages become visible in the order of their keys, which marks and polls need.
    conversation = (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("interest__listing__organisation", "interest__organisation")
        .get(pk=conversation.pk)
    )
    seat = rules.require_seat(actor, conversation.interest, organisation)
    rules.require_active(seat.other)
    text = texts.clean_message(text, language)
    if posted := _posted_before(actor, conversation, text, submission_token):
        return posted
    message = Message(
        conversation=conversation,
        author=actor,
        organisation=seat.organisation,
        text=text,
        language=language,
        submission_token=submission_token,
    )
    _insert(message)
    Conversation.objects.filter(pk=conversation.pk).update(last_message_at=message.created_at)
    _mark(actor, conversation.interest, message)
    want_for_members(conversation.interest, message)
    tell_of_message(conversation, to=seat.other, about=seat.organisation)
    return message


def _posted_before(actor: User, conversation: Conversation, text: str, token: UUID) -> Message | None:
    posted = Message.objects.filter(submission_token=token).first()
    if posted and (posted.author_id, posted.conversation_id, posted.text) != (
        actor.pk,
        conversation.pk,
        text,
    ):
        raise _used()
    return posted


def _insert(message: Message) -> None:
    try:
        with transaction.atomic():
            message.save()
    except IntegrityError as error:  # the same token in two conversations at the same time
        raise _used() from error


def _used() -> InvalidInput:
    return InvalidInput(
        {"__all__": _("This form has been sent already. Send it again to post this text as well.")}
    )


@transaction.atomic
def mark_seen(*, actor: User, interest: Interest) -> None:
    """The actor has looked at the interest as it is."""
    _mark(actor, interest, None)
    forget(actor, [interest.path])


@transaction.atomic
def mark_read(*, actor: User, conversation: Conversation, message: Message | None) -> None:
    """The actor has read the conversation up to `message`; None where nothing is written yet."""
    _mark(actor, conversation.interest, message)
    forget(actor, [conversation.interest.path, conversation.path])


def _mark(actor: User, interest: Interest, message: Message | None) -> None:
    """Never backwards: an old page that loads late must not make read messages new again."""
    ReadMark.objects.bulk_create(
        [ReadMark(interest=interest, user=actor, status=interest.status, message=message)],
        ignore_conflicts=True,
    )
    own = ReadMark.objects.filter(interest=interest, user=actor)
    own.exclude(status=interest.status).update(status=interest.status)
    if message is not None:
        own.filter(Q(message=None) | Q(message_id__lt=message.pk)).update(message=message)
