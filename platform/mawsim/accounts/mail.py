"""The outbox: notices and invitations go out by e-mail, each once, whatever fails on the way.

A row is claimed by a status-filtered, locking read that sets a lease, so two workers never send the
same one. Only a process that dies between the server's "accepted" and our commit sends again, after the
lease and under the same Message-ID, by which mail programs drop the copy: losing mail would be worse.
"""

import smtplib
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mawsim.accounts import invitations, links
from mawsim.accounts.models import Invitation, Mailed, Notification
from mawsim.accounts.notices import notice
from mawsim.core import cldr, languages
from mawsim.core.text import isolated

log = structlog.get_logger(__name__)
MAX_ATTEMPTS = 6
LEASE = timedelta(minutes=5)
BATCH = 100


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail in one language (BCP-47); every text is translated already."""

    to: str
    language: str
    subject: str
    paragraphs: tuple[str, ...]
    link: str  # absolute, or "" for none
    link_label: str
    footer: str
    message_id: str = ""


def message(letter: Letter) -> EmailMultiAlternatives:
    """The letter as plain text and simple HTML, in its language's direction."""
    language = languages.BY_CODE[letter.language]
    with override(language.django):
        context = {"letter": letter, "language": language}
        mail = EmailMultiAlternatives(
            subject=" ".join(letter.subject.split()),
            body=render_to_string("accounts/mail/letter.txt", context),
            to=[letter.to],
            headers={"Auto-Submitted": "auto-generated", "Content-Language": language.code},
        )
        mail.attach_alternative(render_to_string("accounts/mail/letter.html", context), "text/html")
    if letter.message_id:
        mail.extra_headers["Message-ID"] = letter.message_id
    return mail


def send_pending(limit: int = BATCH) -> int:
    """Send what is due, at most `limit`; returns how many went out. Stops early when the server is down."""
    sent = 0
    for model in (Invitation, Notification):
        while sent < limit and (row := _claim(model)):
            outcome = _send(row)
            if outcome is None:
                return sent
            sent += outcome
    return sent


@transaction.atomic
def _claim(model: type[Invitation] | type[Notification]) -> Invitation | Notification | None:
    now = timezone.now()
    due = model.objects.filter(mail_pending=True, mail_after__lte=now).order_by("mail_after", "pk")
    row = due.select_for_update(skip_locked=True, of=("self",)).first()
    if row:
        row.mail_attempts, row.mail_after = row.mail_attempts + 1, now + LEASE
        row.save(update_fields=["mail_attempts", "mail_after"])
    return row


def _send(row: Invitation | Notification) -> int | None:
    """1 sent, 0 not (settled or to be retried), None when the server cannot be reached at all."""
    if row.mail_attempts > MAX_ATTEMPTS:
        return _settle(row, "given up: the worker died each time")
    if not _is_wanted(row):
        return _settle(row, "")
    try:
        message(letter_of(row)).send()
    except (smtplib.SMTPException, OSError) as error:
        return _fail(row, error)
    except Exception as error:  # a notice that cannot be said stays unsaid, with its reason on the row
        log.exception("mail.unsendable", row=row.public_id)
        return _settle(row, repr(error))
    _settle(row, "")
    return 1


def _is_wanted(row: Invitation | Notification) -> bool:
    if isinstance(row, Notification):
        return row.user.is_active
    return row.accepted_at is None and row.revoked_at is None and row.expires_at > timezone.now()


def _settle(row: Mailed, error: str) -> int:
    type(row)._default_manager.filter(pk=row.pk).update(mail_pending=False, mail_error=error[:300])
    return 0


def _fail(row: Invitation | Notification, error: Exception) -> int | None:
    """Refused for good, or tried often enough: settled. Otherwise again after 1, 4, 16 ... minutes."""
    log.warning("mail.failed", row=row.public_id, attempt=row.mail_attempts, error=repr(error))
    if _is_permanent(error) or row.mail_attempts >= MAX_ATTEMPTS:
        return _settle(row, repr(error))
    row.mail_after = timezone.now() + timedelta(minutes=4 ** (row.mail_attempts - 1))
    row.mail_error = repr(error)[:300]
    row.save(update_fields=["mail_after", "mail_error"])
    unreachable = not isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
    return None if unreachable else 0


def _is_permanent(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _reason in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False  # our configuration, not this mail
    return isinstance(error, smtplib.SMTPResponseException) and 500 <= error.smtp_code < 600


def letter_of(row: Invitation | Notification) -> Letter:
    return _invitation_letter(row) if isinstance(row, Invitation) else _notice_letter(row)


def _message_id(row: Invitation | Notification) -> str:
    return f"<{row._meta.model_name}.{row.public_id}@{urlsplit(settings.SITE_URL).hostname}>"


def _notice_letter(row: Notification) -> Letter:
    language = row.user.language
    said = notice(row.kind, row.params, language)
    with override(languages.BY_CODE[language].django):
        return Letter(
            to=row.user.email,
            language=language,
            subject=said.title,
            paragraphs=(said.body,),
            link=links.absolute(reverse("web:notification_open", args=[row.public_id]), language),
            link_label=_("Open in Mawsim"),
            footer=_("You receive this message because you have an account at Mawsim."),
            message_id=_message_id(row),
        )


def _invitation_letter(row: Invitation) -> Letter:
    said = {
        "inviter": isolated(str(row.invited_by)),
        "organisation": isolated(row.organisation.name_in(row.language)),
        "date": cldr.day(row.expires_at, row.language),
    }
    with override(languages.BY_CODE[row.language].django):
        return Letter(
            to=row.email,
            language=row.language,
            subject=_("You are invited to an organisation"),
            paragraphs=(
                _("%(inviter)s invites you to join %(organisation)s.") % said,
                _("Mawsim matches Korean AI firms with partners in Southeast Asia and the Middle East."),
                _("The invitation is valid until %(date)s.") % said,
            ),
            link=links.absolute(
                reverse("web:invitation_accept", args=[invitations.token_of(row)]), row.language
            ),
            link_label=_("See the invitation"),
            footer=_("If you did not expect this invitation, you can ignore this message."),
            message_id=_message_id(row),
        )
