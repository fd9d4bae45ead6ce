"""Compiles the catalogues and starts the embedded services, before Django's settings are read.

Loaded by `-p tests.plugin` in pyproject.toml, since a conftest comes too late for that. With xdist
the controller starts the services and its workers inherit their addresses.
"""

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

_cleanup = ExitStack()

os.environ["MAWSIM_ENV"] = "test"
os.environ.setdefault("OMP_NUM_THREADS", "1")
if "PYTEST_XDIST_WORKER" not in os.environ and not {"-h", "--help", "--version"} & set(sys.argv):
    from mawsim.core.catalogues import compile_catalogues
    from mawsim.core.services.testing import services_for_tests

    # Django serves a language of which it has no catalogue itself (Lao, Filipino) from ours alone.
    compile_catalogues(Path(__file__).parents[1] / "locale")

    os.environ["MAWSIM_VAR"] = tempfile.mkdtemp(prefix="mawsim-tests-")
    _cleanup.callback(shutil.rmtree, os.environ["MAWSIM_VAR"], ignore_errors=True)
    urls = _cleanup.enter_context(services_for_tests())
    os.environ.update(DATABASE_URL=urls.database, BROKER_URL=urls.broker, CACHE_URL=urls.cache)


def _keep_apart(worker: str) -> None:
    """Give each xdist worker databases of its own in Valkey, as Django does in PostgreSQL."""
    number = int(worker.removeprefix("gw"))
    cache, broker = os.environ["CACHE_URL"], os.environ["BROKER_URL"]
    os.environ["CACHE_URL"] = cache.split("?")[0] + f"?db={2 + 2 * number}"
    os.environ["BROKER_URL"] = broker.split("?")[0] + f"?virtual_host={3 + 2 * number}"


if "PYTEST_XDIST_WORKER" in os.environ:
    _keep_apart(os.environ["PYTEST_XDIST_WORKER"])


def pytest_unconfigure(config: pytest.Config) -> None:
    _cleanup.close()
