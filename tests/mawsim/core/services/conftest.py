"""Short-lived servers in folders of their own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """A folder with a short path that the account which runs PostgreSQL may enter."""
    folder = Path(tempfile.mkdtemp(prefix="mw-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
