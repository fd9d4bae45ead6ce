"""The health page: what went wrong with the index is there to be read, while search goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from mawsim.accounts.models import User
from mawsim.matches import actions, reader
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]
ClientOf = Callable[[User | None], Client]


def _page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("cut", [b"", b"\x00" * 7])
def test_a_damaged_snapshot(cast: Cast, client_of: ClientOf, cut: bytes) -> None:
    listing = publish(cast.hanbit, "drone")
    index()
    actions.rebuild_snapshot(force=True)
    operator = client_of(cast.operator)
    assert "altered or cut short" not in _page(operator, "/en/health/")
    next(Path(settings.SNAPSHOT_DIR).glob("*/snapshot-*/vectors.bin")).write_bytes(cut)
    reader.reset()
    assert "vectors.bin was altered or cut short" in _page(operator, "/en/health/")
    assert listing.public_id in _page(operator, "/en/search/?q=drone")


def test_a_snapshot_that_could_not_be_written(cast: Cast, client_of: ClientOf) -> None:
    publish(cast.hanbit, "drone")
    index()
    Path(settings.SNAPSHOT_DIR).write_text("in the way")
    assert not actions.rebuild_snapshot(force=True)
    reader.reset()
    page = _page(client_of(cast.operator), "/en/health/")
    assert "in the way" not in page
    assert "Not a directory" in page or "File exists" in page
