"""A real Celery worker, in a process of its own, on the database of the running test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from mawsim.celery import app


def environment() -> dict[str, str]:
    """The environment in which a child process works on this test's database."""
    test = connection.settings_dict
    url = f"postgresql://{test['USER']}@/{test['NAME']}?host={quote(test['HOST'], safe='')}"
    return {**os.environ, "DATABASE_URL": url, "SNAPSHOT_DIR": str(settings.SNAPSHOT_DIR)}


def start(log: Path, name: str = "worker") -> subprocess.Popen[bytes]:
    """Start a worker; it is up when `await_worker` returns."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "mawsim",
        "worker",
        "--concurrency=1",
        "-n",
        f"{name}@test",
    ]
    with log.open("ab") as output:
        return subprocess.Popen(
            command, env=environment(), stdout=output, stderr=output, start_new_session=True
        )


def await_worker(process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Return when the worker answers; fail with its log when it ends or takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if app.control.ping(timeout=0.5):
            return
    raise AssertionError(f"The worker did not start:\n{log.read_text()[-3000:]}")


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the worker and its children at once, as a crash would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def running(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is up inside the block and gone after it."""
    process = start(log)
    try:
        await_worker(process, log)
        yield process
    finally:
        kill(process)
        app.control.purge()
