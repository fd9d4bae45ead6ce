"""Notices: written with the change that they tell of, mailed by the worker afterwards."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from mawsim.accounts.links import internal_path
from mawsim.accounts.models import Notification, NotificationKind, User
from mawsim.accounts.notices import check_params


@transaction.atomic
def notify(*, users: Iterable[User], kind: NotificationKind, params: dict[str, Any], path: str) -> None:
    """Tell each user once, in the application and by e-mail.

    `params` as `notices.PARAMS` asks; `path` leads to a page of this site, with or without language
    prefix. ValueError for anything else.
    """
    check_params(kind, params)
    target = internal_path(path)
    users = {user.pk: user for user in users}.values()
    Notification.objects.bulk_create(
        Notification(user=user, kind=kind, params=params, path=target) for user in users
    )
    wake_mailer()


def wake_mailer() -> None:
    """Send as soon as the transaction is through; without a broker the sweep does it within a minute."""
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    from mawsim.accounts.tasks import send_pending_mail

    send_pending_mail.apply_async(retry=False)


def mark_read(*, actor: User, notification: Notification) -> None:
    Notification.objects.filter(pk=notification.pk, user=actor, read_at=None).update(read_at=timezone.now())


def mark_all_read(*, actor: User) -> int:
    """How many were unread."""
    return Notification.objects.filter(user=actor, read_at=None).update(read_at=timezone.now())
