"""The Celery application. Tasks are found in every app's `tasks.py` and carry explicit names."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mawsim.settings")

app = Celery("mawsim")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
