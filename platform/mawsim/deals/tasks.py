from celery import shared_task

from mawsim.deals.actions import expire_interests as expire


@shared_task(name="deals.expire_interests")
def expire_interests() -> None:
    expire()
