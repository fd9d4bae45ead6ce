"""The image's entry point, run for real against the embedded servers of the test run."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

ENTRYPOINT = Path(__file__).parents[2] / "docker" / "entrypoint.sh"
Start = Callable[..., subprocess.Popen[str]]


def environment(**more: str) -> dict[str, str]:
    tools = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "HOST": "127.0.0.1", **more}


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a role; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(role: str, **more: str) -> subprocess.Popen[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        process = subprocess.Popen([ENTRYPOINT, role], env=environment(**more), process_group=0, **pipes)
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for_line(process: subprocess.Popen[str], part: str) -> None:
    assert process.stdout is not None
    heard = []
    for line in process.stdout:
        heard.append(line)
        if part in line:
            return
    raise AssertionError(f"{part!r} never appeared in:\n{''.join(heard)}")


def stops_on_request(process: subprocess.Popen[str]) -> int:
    process.terminate()
    process.communicate(timeout=20)
    return process.returncode


def test_an_unknown_role_is_refused() -> None:
    result = subprocess.run(
        [ENTRYPOINT, "wbe"], capture_output=True, text=True, env=environment(), check=False
    )
    assert result.returncode == 64
    assert result.stderr == "usage: mawsim web|worker|beat|migrate|healthy [options]\n"


def test_migrate_brings_an_empty_database_up_to_date() -> None:
    run = [ENTRYPOINT, "migrate"]
    subprocess.run(run, env=environment(), check=True, capture_output=True, timeout=120)
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        tables = connection.execute(
            "SELECT to_regclass('accounts_user')::text, to_regclass('listings_listing')::text"
        )
        assert tables.fetchone() == ("accounts_user", "listings_listing")
    again = subprocess.run(
        [*run, "--check"], env=environment(), capture_output=True, check=False, timeout=120
    )
    assert again.returncode == 0


def test_web_answers_its_health_check_and_stops_on_request(start: Start) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    check = [ENTRYPOINT, "healthy"]
    environ = environment(PORT=str(port))
    assert subprocess.run(check, env=environ, capture_output=True, check=False).returncode == 1
    web = start("web", PORT=str(port), WEB_WORKERS="1")
    deadline = time.monotonic() + 60
    while subprocess.run(check, env=environ, capture_output=True, check=False).returncode:
        assert web.poll() is None, web.stdout and web.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.2)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/health/live")
    assert connection.getresponse().status == 200
    connection.close()
    assert stops_on_request(web) == 0


def test_worker_takes_up_its_queue_and_stops_on_request(start: Start) -> None:
    worker = start("worker")
    wait_for_line(worker, " ready.")
    assert stops_on_request(worker) == 0


def test_beat_keeps_its_timetable_where_it_is_told(start: Start, tmp_path: Path) -> None:
    beat = start("beat", BEAT_SCHEDULE=str(tmp_path / "beat-schedule"))
    wait_for_line(beat, "beat: Starting...")
    assert stops_on_request(beat) == 0
    assert {file.name.partition(".")[0] for file in tmp_path.iterdir()} == {"beat-schedule"}
