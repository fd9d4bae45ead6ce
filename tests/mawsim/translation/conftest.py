from collections.abc import Iterator

import pytest
from pytest_django import Settings

from mawsim.translation import registry
from tests.mawsim.translation.servers import Server, serve


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture
def libretranslate(server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server in the place of LibreTranslate, which is the only engine beside the memory."""
    settings.LIBRETRANSLATE_URL = server.url
    settings.TRANSLATION_ENGINES = ["memory", "libretranslate"]
    monkeypatch.setattr("mawsim.translation.asking.guarded.PAUSE", 0.01)
    registry.engine.cache_clear()
    yield server
    registry.engine.cache_clear()
