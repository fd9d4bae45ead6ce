"""`manage.py up` as a newcomer runs it: own servers, own var folder, a port that is taken."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

MANAGE = Path(__file__).parents[3] / "manage.py"
SWITCHED = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "MAWSIM_ENV", "SITE_URL")


class Site:
    """A running `up`, with what it has printed so far."""

    def __init__(self, var: Path, *options: str) -> None:
        environ = {key: value for key, value in os.environ.items() if key not in SWITCHED}
        self.environ = {**environ, "MAWSIM_VAR": str(var)}
        self.argv = [sys.executable, str(MANAGE), "up", *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        self.process = subprocess.Popen(self.argv, env=self.environ, process_group=0, **pipes)
        self.printed = ""

    def wait_for(self, pattern: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line
            if found := re.search(pattern, line):
                return found.group(found.lastindex or 0)
        raise AssertionError(f"{pattern!r} was never printed:\n{self.printed}")

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=40)
        return rest


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mw-"))
    folder.chmod(0o755)
    yield folder / "var"
    shutil.rmtree(folder, ignore_errors=True)


def status_of(address: str, path: str) -> int:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.request("GET", path)
    return connection.getresponse().status


def test_up_serves_the_site_on_the_next_free_port_and_survives_a_kill(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]
        site = Site(var, "--no-demo", "--workers", "1", "--port", str(wanted))
        try:
            address = site.wait_for(r"Mawsim is running at (http://\S+)")
            assert f"Port {wanted} is taken; using " in site.printed
            assert status_of(address, "/health/live") == 200
            again = subprocess.run(site.argv, env=site.environ, capture_output=True, text=True, check=False)
            assert again.returncode == 1
            assert f"Mawsim is already running at {address} (process {site.process.pid})." in again.stderr
            _kill_child(var, "web")
            site.wait_for(r"web restarted")
            assert _comes_back(address)
        finally:
            rest = site.stop()
    assert site.process.returncode == 0
    assert rest.endswith(f"Stopped. Everything is kept in {var}\n")
    with pytest.raises(ConnectionRefusedError):
        status_of(address, "/health/live")


def _kill_child(var: Path, name: str) -> None:
    children = json.loads((var / "run" / "supervisor.json").read_text())["children"]
    os.kill(children[name], signal.SIGKILL)


def _comes_back(address: str) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            return status_of(address, "/health/live") == 200
        except OSError:
            time.sleep(0.1)
    return False
