import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from mawsim.accounts import actions, mail
from mawsim.accounts.invitations import token_of
from mawsim.accounts.models import Invitation, Notification, NotificationKind, Role, User
from mawsim.accounts.tasks import send_pending_mail
from tests.conftest import Cast
from tests.mawsim.accounts.smtp import MailServer, mail_server


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """A real SMTP server, to which the site sends."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = running.server_address[:2]
        settings.EMAIL_USE_TLS = False
        yield running


def tell(*users: User, title: str = "의료 영상 AI") -> None:
    actions.notify(
        users=users, kind=NotificationKind.LISTING_EXPIRED, params={"title": title}, path="/listings/abc/"
    )


def due_now() -> None:
    Notification.objects.update(mail_after=timezone.now())


def test_a_notice_goes_out_once_as_text_and_html(cast: Cast, settings: Settings) -> None:
    settings.SITE_URL = "https://mawsim.example"
    user = cast.of(cast.gulf)
    tell(user, title="<b>AI</b> & more")
    send_pending_mail()
    send_pending_mail()
    (sent,) = outbox.outbox
    row = Notification.objects.get()
    assert (sent.to, sent.subject) == (["owner@gulf.example"], "Your listing has expired")
    assert "“\u2068<b>AI</b> & more\u2069” has expired" in sent.body
    assert f"https://mawsim.example/en/notifications/{row.public_id}/" in sent.body
    html = sent.alternatives[0].content
    assert "&lt;b&gt;AI&lt;/b&gt; &amp; more" in html
    assert '<html lang="en" dir="ltr">' in html
    assert sent.extra_headers["Message-ID"] == f"<notification.{row.public_id}@mawsim.example>"
    assert (row.mail_pending, row.mail_attempts) == (False, 1)


def test_the_mail_speaks_the_recipients_language_and_direction(cast: Cast) -> None:
    tell(cast.of(cast.zayed))
    mail.send_pending()
    (sent,) = outbox.outbox
    assert '<html lang="ar" dir="rtl">' in sent.alternatives[0].content
    assert "/ar/notifications/" in sent.body
    assert sent.extra_headers["Content-Language"] == "ar"


def test_an_invitation_is_mailed_in_its_language(cast: Cast, settings: Settings) -> None:
    settings.SITE_URL = "https://mawsim.example"
    invitation = actions.invite(
        actor=cast.of(cast.hanbit),
        organisation=cast.hanbit,
        email="minji@new.example",
        role=Role.EDITOR,
        language="fa",
    )
    assert mail.send_pending() == 1
    (sent,) = outbox.outbox
    assert sent.to == ["minji@new.example"]
    assert f"https://mawsim.example/fa/invitations/{token_of(invitation)}/" in sent.body
    assert '<html lang="fa" dir="rtl">' in sent.alternatives[0].content


def test_what_is_no_longer_wanted_is_not_sent(cast: Cast) -> None:
    invitation = actions.invite(
        actor=cast.of(cast.hanbit),
        organisation=cast.hanbit,
        email="minji@new.example",
        role=Role.EDITOR,
        language="fa",
    )
    Invitation.objects.filter(pk=invitation.pk).update(revoked_at=timezone.now())
    closed = cast.of(cast.zayed)
    tell(closed)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert mail.send_pending() == 0
    assert outbox.outbox == []
    assert not Notification.objects.get().mail_pending


def test_over_real_smtp(cast: Cast, server: MailServer) -> None:
    tell(cast.of(cast.hanbit), cast.of(cast.zayed))
    assert mail.send_pending() == 2
    assert sorted(sent["To"] for sent in server.accepted) == ["owner@hanbit.example", "owner@zayed.example"]
    assert server.accepted[0]["Auto-Submitted"] == "auto-generated"


def test_a_temporary_refusal_is_tried_again_later_and_later(cast: Cast, server: MailServer) -> None:
    tell(cast.of(cast.hanbit))
    server.recipient_answer = "451 try later"
    waits = []
    for _ in range(5):
        due_now()
        before = timezone.now()
        assert mail.send_pending() == 0
        row = Notification.objects.get()
        assert row.mail_pending
        assert "try later" in row.mail_error
        waits.append(round((row.mail_after - before) / timedelta(minutes=1)))
        assert mail.send_pending() == 0  # not due yet: no attempt
        assert Notification.objects.get().mail_attempts == row.mail_attempts
    assert waits == [1, 4, 16, 64, 256]
    due_now()
    mail.send_pending()
    row = Notification.objects.get()
    assert (row.mail_pending, row.mail_attempts) == (False, 6)
    server.recipient_answer = "250 ok"
    due_now()
    assert mail.send_pending() == 0
    assert server.accepted == []


def test_a_permanent_refusal_is_final_and_the_others_still_go_out(cast: Cast, server: MailServer) -> None:
    tell(cast.of(cast.hanbit))
    server.recipient_answer = "550 no such mailbox"
    assert mail.send_pending() == 0
    row = Notification.objects.get()
    assert (row.mail_pending, row.mail_attempts) == (False, 1)
    assert "no such mailbox" in row.mail_error


def test_a_server_that_is_down_stops_the_round(cast: Cast, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    tell(cast.of(cast.hanbit), cast.of(cast.zayed))
    assert mail.send_pending() == 0
    assert sorted(Notification.objects.values_list("mail_attempts", flat=True)) == [0, 1]
    assert Notification.objects.filter(mail_pending=True).count() == 2


def test_a_notice_that_cannot_be_said_does_not_hold_up_the_rest(cast: Cast) -> None:
    Notification.objects.create(user=cast.operator, kind="unheard_of", params={}, path="/")
    tell(cast.of(cast.hanbit))
    assert mail.send_pending() == 1
    broken = Notification.objects.get(kind="unheard_of")
    assert not broken.mail_pending
    assert "unheard_of" in broken.mail_error


def test_a_worker_that_dies_each_time_gives_up(cast: Cast) -> None:
    tell(cast.of(cast.hanbit))
    Notification.objects.update(mail_attempts=mail.MAX_ATTEMPTS)
    assert mail.send_pending() == 0
    assert not Notification.objects.get().mail_pending
    assert outbox.outbox == []


def test_a_claimed_row_is_left_alone_until_its_lease_ends(cast: Cast) -> None:
    tell(cast.of(cast.hanbit))
    assert mail._claim(Notification) is not None  # a worker that died here
    assert mail.send_pending() == 0
    due_now()
    assert mail.send_pending() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_mail(cast: Cast, server: MailServer) -> None:
    tell(*User.objects.order_by("pk"))
    expected = User.objects.count()

    def work() -> None:
        try:
            mail.send_pending()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    recipients = [sent["To"] for sent in server.accepted]
    assert len(recipients) == len(set(recipients)) == expected
