"""The Django site of Mawsim. Layers and reasons: ARCHITECTURE.md."""

from mawsim.celery import app as celery_app

__all__ = ["celery_app"]
