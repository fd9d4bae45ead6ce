from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from mawsim.accounts import actions
from mawsim.accounts.models import Notification, NotificationKind, Role
from mawsim.celery import app
from tests.conftest import Cast

WHAT: dict[str, Any] = {
    "kind": NotificationKind.LISTING_EXPIRED,
    "params": {"title": "x"},
    "path": "/ko/listings/a/",
}


def test_everybody_is_told_once(cast: Cast) -> None:
    owner, editor = cast.of(cast.hanbit), cast.of(cast.hanbit, Role.EDITOR)
    actions.notify(users=[owner, editor, owner], **WHAT)
    told = Notification.objects.order_by("pk")
    assert [(row.user, row.path, row.mail_pending) for row in told] == [
        (owner, "/listings/a/", True),
        (editor, "/listings/a/", True),
    ]


@pytest.mark.parametrize("wrong", [{"path": "https://evil.example/"}, {"params": {}}])
def test_what_cannot_be_said_or_leads_away_is_not_stored(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"missing title|not a path"):
        actions.notify(users=[cast.operator], **WHAT | wrong)
    assert Notification.objects.count() == 0


def test_the_mailer_is_woken_once_the_change_is_through(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with app.connection_or_acquire() as connection:
        connection.default_channel.queue_purge("celery")
        with django_capture_on_commit_callbacks(execute=True):
            actions.notify(users=[cast.operator], **WHAT)
        message = connection.SimpleQueue("celery").get(timeout=5)
        message.ack()
    assert message.headers["task"] == "accounts.send_pending_mail"


def test_reading_is_for_the_person_told(cast: Cast) -> None:
    owner, editor = cast.of(cast.hanbit), cast.of(cast.hanbit, Role.EDITOR)
    actions.notify(users=[owner], **WHAT)
    notification = Notification.objects.get()
    actions.mark_read(actor=editor, notification=notification)
    assert actions.mark_all_read(actor=editor) == 0
    notification.refresh_from_db()
    assert notification.read_at is None
    actions.mark_read(actor=owner, notification=notification)
    assert actions.mark_all_read(actor=owner) == 0
