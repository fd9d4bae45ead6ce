from celery import shared_task
from django.core.management import call_command

from mawsim.accounts import mail


@shared_task(name="accounts.send_pending_mail")
def send_pending_mail() -> None:
    mail.send_pending()


@shared_task(name="accounts.clear_sessions")
def clear_sessions() -> None:
    """Django leaves expired sessions in their table."""
    call_command("clearsessions")
