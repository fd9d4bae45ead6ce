"""Who is told of what happens in a deal: the other side's editors and owners, each in their language.

A notice names the listing and the organisation, and never repeats what was written.
"""

from collections.abc import Iterable
from itertools import groupby

from mawsim.accounts import actions as accounts
from mawsim.accounts.models import Notification, NotificationKind, Organisation, User
from mawsim.accounts.queries import correspondents, notifications_of
from mawsim.deals.models import Conversation, Interest
from mawsim.listings import queries as listings
from mawsim.listings.models import Field


def tell(
    kind: NotificationKind, interest: Interest, *, to: Organisation, about: Organisation, path: str
) -> None:
    """Tell the correspondents of `to` what `about` has done; nobody while `to` is suspended."""
    if to.is_active:
        _tell(correspondents(to), kind, interest, about, path)


def tell_of_message(conversation: Conversation, *, to: Organisation, about: Organisation) -> None:
    """Once per conversation until the person has looked: a chat must not flood the mailbox."""
    waiting = Notification.objects.filter(
        kind=NotificationKind.MESSAGE_RECEIVED, path=conversation.path, read_at=None
    )
    users = correspondents(to).exclude(pk__in=waiting.values("user_id"))
    _tell(users, NotificationKind.MESSAGE_RECEIVED, conversation.interest, about, conversation.path)


def forget(user: User, paths: Iterable[str]) -> None:
    """What the user has looked at is no news any more."""
    for notification in notifications_of(user).filter(path__in=list(paths), read_at=None):
        accounts.mark_read(actor=user, notification=notification)


def _tell(
    users: Iterable[User], kind: NotificationKind, interest: Interest, about: Organisation, path: str
) -> None:
    by_language = sorted(users, key=lambda user: user.language)
    for language, group in groupby(by_language, key=lambda user: user.language):
        params = {"title": title_in(interest, language), "organisation": about.name_in(language)}
        accounts.notify(users=list(group), kind=kind, params=params, path=path)


def title_in(interest: Interest, language: str) -> str:
    """The listing's title in the language while the listing is public, else as it was at first."""
    listing = listings.public().filter(pk=interest.listing_id).first()
    if listing is None:
        return interest.title
    return listings.shown_texts(listing, language)[Field.TITLE].text
