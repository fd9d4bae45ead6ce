"""A real Celery worker on the real broker and database: woken by a publication, killed, started again."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection, transaction

from mawsim.celery import app
from mawsim.core.services.process import Child
from mawsim.core.services.site import worker_child
from mawsim.listings.models import Listing
from mawsim.matches import reader
from mawsim.matches.actions import wake_indexer
from mawsim.matches.models import ListingVector, SearchDocument
from mawsim.matches.tasks import index_pending
from tests.conftest import Cast
from tests.mawsim.matches.world import publish

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SECONDS = 120  # the worker imports torch, on a machine that may be busy


def _environment(model: Path) -> dict[str, str]:
    settings = connection.settings_dict
    host = quote(settings["HOST"], safe="")
    return {
        "DATABASE_URL": f"postgresql://{settings['USER']}@/{settings['NAME']}?host={host}",
        "BROKER_URL": os.environ["BROKER_URL"],
        "EMBEDDING_MODEL": str(model),
        "DJANGO_SETTINGS_MODULE": "mawsim.settings",
    }


@pytest.fixture
def worker(engine_room: None, tiny_model: Path) -> Iterator[Child]:
    app.control.purge()
    child = worker_child(_environment(tiny_model))
    yield child
    child.kill()
    app.control.purge()


def wait_for(condition: Callable[[], bool], worker: Child) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert worker.running, worker.spec.log.read_text()[-3000:]
        assert time.monotonic() < deadline, worker.spec.log.read_text()[-3000:]
        time.sleep(0.02)


def pending() -> int:
    return Listing.objects.filter(index_pending=True).count()


def test_a_publication_is_indexed_and_a_killed_worker_loses_nothing(cast: Cast, worker: Child) -> None:
    worker.start()
    with transaction.atomic():
        first = publish(cast.hanbit, "팜 농장 드론")
        wake_indexer(first.pk)
    wait_for(lambda: pending() == 0, worker)
    serving = reader.serving()
    assert serving is not None
    assert first.pk in serving.index.vectors([first.pk])

    many = [publish(cast.vietcare, f"drone {number}", body="bay kebun sawit " * 200) for number in range(700)]
    index_pending.delay()
    wait_for(lambda: ListingVector.objects.count() > 1, worker)
    worker.kill()
    left = pending()
    assert 0 < left < len(many)
    # What a half-done batch had written is gone with its transaction: done or pending, never both.
    done = Listing.objects.filter(index_pending=False).values("pk")
    assert ListingVector.objects.exclude(listing__in=done).count() == 0
    assert ListingVector.objects.count() == len(many) + 1 - left

    worker.start()
    index_pending.delay()  # as the sweep does
    index_pending.delay()  # and the lost task, delivered again
    wait_for(lambda: pending() == 0, worker)
    assert ListingVector.objects.filter(visible=True).count() == len(many) + 1
    assert SearchDocument.objects.filter(error="", attempts=0).count() == len(many) + 1
    worker.stop()
