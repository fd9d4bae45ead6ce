"""What the workers do for deals. Every task may be lost, repeated or run twice at once."""

from celery import shared_task

from mawsim.deals import actions


@shared_task(name="deals.expire_interests")
def expire_interests() -> None:
    actions.expire_interests()


@shared_task(name="deals.translate_pending")
def translate_pending() -> None:
    while actions.translate_pending():
        pass
