"""What the workers do for listings. Every task may be lost, repeated or run twice at once."""

from celery import shared_task

from mawsim.listings import actions


@shared_task(name="listings.translate_pending")
def translate_pending() -> None:
    while actions.translate_pending():
        pass


@shared_task(name="listings.expire")
def expire() -> None:
    actions.expire_due()


@shared_task(name="listings.translate_bodies")
def translate_bodies() -> None:
    while actions.translate_bodies():
        pass
