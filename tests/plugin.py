"""Starts the embedded services for the test run, before Django's settings are read.

Loaded by `-p tests.plugin` in pyproject.toml, since a conftest comes too late for that. With xdist
the controller starts the services and its workers inherit their addresses.
"""

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack

import pytest

_cleanup = ExitStack()

os.environ["MAWSIM_ENV"] = "test"
os.environ.setdefault("OMP_NUM_THREADS", "1")
if "PYTEST_XDIST_WORKER" not in os.environ and not {"-h", "--help", "--version"} & set(sys.argv):
    from mawsim.core.services.testing import services_for_tests

    os.environ["MAWSIM_VAR"] = tempfile.mkdtemp(prefix="mawsim-tests-")
    _cleanup.callback(shutil.rmtree, os.environ["MAWSIM_VAR"], ignore_errors=True)
    urls = _cleanup.enter_context(services_for_tests())
    os.environ.update(DATABASE_URL=urls.database, BROKER_URL=urls.broker, CACHE_URL=urls.cache)


def pytest_unconfigure(config: pytest.Config) -> None:
    _cleanup.close()
