"""The supervisor with real children, real signals and a real second start."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from mawsim.core.services.paths import embedded_urls
from mawsim.core.services.process import Child, ChildSpec
from mawsim.core.services.supervisor import CHILD_MARK, PlainService, Supervisor, sole_supervisor

# A supervisor of PostgreSQL, Valkey and a child with a grandchild, as a process of its own.
PROGRAM = """
import os, sys
from pathlib import Path
from mawsim.core.services import paths
from mawsim.core.services.errors import AlreadyRunningError
from mawsim.core.services.postgres import EmbeddedPostgres
from mawsim.core.services.process import Child, ChildSpec
from mawsim.core.services.supervisor import CHILD_MARK, PlainService, Supervisor, sole_supervisor
from mawsim.core.services.valkey import EmbeddedValkey

var = paths.var_dir()
paths.prepare_runtime_dir()
try:
    with sole_supervisor() as state:
        supervisor = Supervisor(state, lambda line: print(line, flush=True))
        supervisor.obey_signals()
        postgres = EmbeddedPostgres(var / "postgres", paths.postgres_socket_dir(), durable=False)
        valkey = EmbeddedValkey(var / "valkey", paths.valkey_socket())
        plain = Child(ChildSpec("worker", ["sh", "-c", "sleep 1000 & wait"], log=var / "worker.log"))
        supervisor.start(postgres, valkey, PlainService(plain))
        postgres.wait_ready()
        valkey.wait_ready()
        supervisor.announce("http://127.0.0.1:1")
        print("ready", flush=True)
        supervisor.watch()
        supervisor.stop()
except AlreadyRunningError as error:
    sys.exit(str(error))
"""


class Run:
    """A supervisor process over one var folder."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.environ = {**os.environ, "MAWSIM_VAR": str(var)}
        self.process = self.launch()
        assert self.process.stdout is not None
        self.lines = iter(self.process.stdout)
        self.says("ready")

    def launch(self) -> subprocess.Popen[str]:
        argv = [sys.executable, "-c", PROGRAM]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(argv, env=self.environ, text=True, **pipes)

    def says(self, part: str) -> None:
        heard = []
        for line in self.lines:
            heard.append(line)
            if part in line:
                return
        raise AssertionError(f"never said {part!r} but {heard}")

    def pids(self) -> dict[str, int]:
        return json.loads((self.var / "run" / "supervisor.json").read_text())["children"]

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(embedded_urls(self.var).database, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def family(pids: dict[str, int]) -> list[int]:
    """The process ids of the children's groups that still live."""
    living = [entry for entry in Path("/proc").glob("[0-9]*") if not _is_dead(entry)]
    return [int(entry.name) for entry in living if _group(int(entry.name)) in pids.values()]


def _is_dead(entry: Path) -> bool:
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return -1


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def run(short_dir: Path) -> Iterator[Run]:
    run = Run(short_dir / "var")
    yield run
    run.process.terminate()
    run.process.wait(20)


def test_ctrl_c_stops_everything_within_seconds(run: Run) -> None:
    pids = run.pids()
    assert sorted(pids) == ["postgres", "valkey", "worker"]
    started = time.monotonic()
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(10) == 0
    assert time.monotonic() - started < 5
    assert family(pids) == []
    assert not (run.var / "run" / "supervisor.json").exists()


def test_a_killed_supervisor_leaves_no_orphan_and_loses_nothing(run: Run) -> None:
    pids = run.pids()
    run.sql("CREATE TABLE kept AS SELECT 7 AS seven")
    run.process.kill()
    run.process.wait()
    again = Run(run.var)
    try:
        assert again.sql("SELECT seven FROM kept") == [(7,)]
        assert set(again.pids().values()).isdisjoint(pids.values())
        assert family(pids) == []
    finally:
        again.process.terminate()
        again.process.wait(20)


@pytest.mark.parametrize("name", ["postgres", "valkey", "worker"])
def test_a_killed_child_is_restarted(run: Run, name: str) -> None:
    run.sql("CREATE TABLE kept AS SELECT 7 AS seven")
    former = run.pids()[name]
    os.kill(former, signal.SIGKILL)
    run.says(f"{name} ended (killed by SIGKILL); restarting in 0.5 s")
    run.says(f"{name} restarted")
    assert run.pids()[name] != former
    assert family({name: former}) == []
    assert eventually(lambda: _answers(run))


def _answers(run: Run) -> bool:
    try:
        return run.sql("SELECT seven FROM kept") == [(7,)]
    except psycopg.OperationalError:
        return False


def test_a_second_start_is_told_where_the_first_runs(run: Run) -> None:
    second = run.launch()
    output, _ = second.communicate(timeout=20)
    assert second.returncode == 1
    pid = run.process.pid
    assert output == (
        f"Mawsim is already running at http://127.0.0.1:1 (process {pid}). "
        f"Stop it with Ctrl-C in its terminal or: kill {pid}\n"
    )
    assert run.sql("SELECT 1") == [(1,)]


def test_a_child_that_keeps_dying_is_restarted_ever_more_slowly(tmp_path: Path) -> None:
    told: list[str] = []
    with sole_supervisor(tmp_path) as state:
        supervisor = Supervisor(state, told.append)
        supervisor.start(PlainService(Child(ChildSpec("doomed", ["false"], log=tmp_path / "log"))))
        assert eventually(lambda: supervisor.look() or len(told) == 5)
        supervisor.stop()
    assert [line.partition(";")[2].partition(".  ")[0].split(" s.")[0] for line in told[::2]] == [
        " restarting in 0.5",
        " restarting in 1",
        " restarting in 2",
    ]


def test_leftovers_of_this_var_folder_are_ended_and_no_others(tmp_path: Path) -> None:
    started = []
    for var in (tmp_path / "mine", tmp_path / "other"):
        environ = {**os.environ, CHILD_MARK: str(var / "run")}
        started.append(subprocess.Popen(["sleep", "1000"], env=environ))
    leftover, bystander = started
    try:
        with sole_supervisor(tmp_path / "mine"):
            assert leftover.poll() == -signal.SIGTERM
            assert bystander.poll() is None
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"children": 3}', '{"children": {"a": null}}'])
def test_a_damaged_state_file_does_not_hinder_the_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "supervisor.json").write_text(content)
    with sole_supervisor(tmp_path) as state:
        state.write([], "http://127.0.0.1:8000")
        assert state.read()["address"] == "http://127.0.0.1:8000"
