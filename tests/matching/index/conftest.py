"""What the tests of this folder share."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _milvus_ends_with_the_tests() -> Iterator[None]:
    """The embedded Milvus is a process of its own, and says so when it is stopped at exit."""
    yield
    if "milvus_lite" in sys.modules:
        from milvus_lite.server_manager import server_manager_instance

        server_manager_instance.release_all()
