from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from mawsim.celery import app
from mawsim.listings import tasks
from mawsim.listings.actions.translations import LEASE, _lease
from mawsim.listings.models import Listing, Status
from mawsim.translation.actions import Unit, remember
from mawsim.translation.models import State
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, published


def test_the_scheduled_names_exist() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"listings.translate_pending", "listings.expire"} <= scheduled
    assert {"listings.translate_pending", "listings.expire"} <= set(app.tasks)


def test_translating_until_nothing_is_left(cast: Cast) -> None:
    remember([Unit(KOREAN["title"], "AI for chest X-rays", "ko", "en", State.REVIEWED)])
    listings = [published(cast) for _ in range(3)]
    tasks.translate_pending()
    assert [listing.translations.count() for listing in listings] == [1, 1, 1]
    assert not Listing.objects.filter(translation_pending=True).exists()
    tasks.translate_pending()  # run twice, done once
    assert [listing.translations.count() for listing in listings] == [1, 1, 1]


def test_what_one_worker_has_taken_another_leaves_until_the_lease_ends(cast: Cast) -> None:
    listing = published(cast)
    assert _lease(10) == [listing]
    assert _lease(10) == []
    Listing.objects.update(translation_retry_at=timezone.now() + LEASE - timedelta(minutes=11))
    assert _lease(10) == [listing]  # the first worker was killed


def test_expiring(cast: Cast) -> None:
    listing = published(cast)
    Listing.objects.update(expires_at=timezone.now())
    tasks.expire()
    listing.refresh_from_db()
    assert listing.status == Status.EXPIRED
