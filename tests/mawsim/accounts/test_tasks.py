from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from mawsim.accounts.tasks import clear_sessions
from mawsim.celery import app


@pytest.mark.django_db
def test_expired_sessions_are_cleared_and_others_stay() -> None:
    now = timezone.now()
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(days=days))
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_every_task_of_the_schedule_exists() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert len(scheduled) >= 8
    assert scheduled <= set(app.tasks)
