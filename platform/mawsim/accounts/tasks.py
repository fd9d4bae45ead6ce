from celery import shared_task

from mawsim.accounts import mail


@shared_task(name="accounts.send_pending_mail")
def send_pending_mail() -> None:
    mail.send_pending()
