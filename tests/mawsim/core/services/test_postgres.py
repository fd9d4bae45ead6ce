import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mawsim.core.services.errors import ServiceError
from mawsim.core.services.postgres import EmbeddedPostgres


@pytest.fixture
def server(short_dir: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(short_dir / "data", short_dir / "run" / "pg", durable=False)
    yield server
    server.stop()


def ask(server: EmbeddedPostgres, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url) as connection:
        return connection.execute(question).fetchall()


def test_it_starts_from_nothing_and_lower_cases_every_script(server: EmbeddedPostgres) -> None:
    server.start()
    assert ask(server, "SELECT current_user, lower('ÇĐΣΑ'), 'Ж' ILIKE 'ж', current_database()") == [
        ("mawsim", "çđσα", True, "mawsim")
    ]
    assert ask(server, "SHOW listen_addresses") == [("",)]


def test_rows_survive_a_kill_and_a_pid_file_that_names_a_stranger(server: EmbeddedPostgres) -> None:
    server.start()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
        assert server.child.pid is not None
        os.kill(server.child.pid, signal.SIGKILL)
        server.child.kill()
        # The number may have gone to another process by the time of the restart: ours, here.
        pid_file = server.data_dir / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        server.start()
    assert ask(server, "SELECT seven FROM kept") == [(7,)]


def test_a_session_left_busy_by_a_killed_server_does_not_block_the_next(server: EmbeddedPostgres) -> None:
    server.start()
    busy = [sys.executable, "-c", f"import psycopg; psycopg.connect({server.url!r}).execute('{_LOOP}')"]
    client = subprocess.Popen(busy, stderr=subprocess.DEVNULL)
    while not ask(server, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'"):
        time.sleep(0.05)
    server.child.kill()
    server.start(seconds=20)
    assert ask(server, "SELECT 1") == [(1,)]
    client.wait()


_LOOP = "DO $$ DECLARE n bigint := 0; BEGIN WHILE n < 100000000000 LOOP n := n + 1; END LOOP; END $$"


def test_an_interrupted_creation_is_begun_anew(server: EmbeddedPostgres) -> None:
    half = server.data_dir.with_name("data.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server.ensure_initialised()
    assert (server.data_dir / "global").is_dir()
    assert not half.exists()


def test_a_folder_with_other_things_is_left_alone(server: EmbeddedPostgres) -> None:
    server.data_dir.mkdir()
    (server.data_dir / "thesis.txt").write_text("mine")
    with pytest.raises(ServiceError, match="is not empty and holds no PostgreSQL data"):
        server.ensure_initialised()
    assert (server.data_dir / "thesis.txt").read_text() == "mine"


def test_a_server_that_cannot_start_says_why(server: EmbeddedPostgres) -> None:
    server.ensure_initialised()
    (server.data_dir / "PG_VERSION").write_text("9.1\n")
    with pytest.raises(ServiceError, match="database files are incompatible with server"):
        server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become others")
class TestUnderRoot:
    def test_it_runs_unprivileged_below_a_closed_folder(self, short_dir: Path) -> None:
        closed = short_dir / "home"
        closed.mkdir(mode=0o700)
        server = EmbeddedPostgres(closed / "data", short_dir / "run" / "pg", durable=False)
        server.start()
        try:
            assert Path(f"/proc/{server.child.pid}").stat().st_uid == server.data_dir.stat().st_uid != 0
            assert ask(server, "SELECT 1") == [(1,)]
        finally:
            server.stop()

    def test_only_the_user_who_started_it_may_log_in(self, server: EmbeddedPostgres) -> None:
        server.start()
        server.socket_dir.chmod(0o755)
        (server.socket_dir / ".s.PGSQL.5432").chmod(0o777)
        result = _as_nobody(f"import psycopg; psycopg.connect({server.url!r})", server.socket_dir.parent)
        assert 'Peer authentication failed for user "mawsim"' in result.stderr

    def test_binaries_out_of_reach_are_copied(self, short_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        import mawsim.core.services.binaries as binaries

        monkeypatch.setattr(binaries, "can_reach", lambda folder, account: False)
        server = EmbeddedPostgres(short_dir / "data", short_dir / "run" / "pg", durable=False)
        assert Path(server.child.spec.argv[0]).is_relative_to(short_dir / "run")
        server.start()
        try:
            assert ask(server, "SELECT 1") == [(1,)]
        finally:
            server.stop()

    def test_an_ordinary_user_runs_it_too(self, short_dir: Path) -> None:
        code = (
            "from pathlib import Path; import psycopg, os\n"
            "from mawsim.core.services.postgres import EmbeddedPostgres\n"
            "base = Path('mine'); base.mkdir(); base = base.resolve()\n"
            "server = EmbeddedPostgres(base / 'data', base / 'pg', durable=False)\n"
            "server.start(); print(psycopg.connect(server.url).execute('SELECT 41 + 1').fetchone()[0])\n"
            "print(os.geteuid()); server.stop()\n"
        )
        short_dir.chmod(0o777)
        result = _as_nobody(code, short_dir)
        assert (result.stdout, result.stderr) == ("42\n65534\n", "")


def _as_nobody(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code as the user nobody, with an interpreter of this version which that user may enter."""
    identity = {"user": 65534, "group": 65534, "extra_groups": [], "cwd": cwd, "text": True}
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/local/bin/{version}", f"/usr/bin/{version}"):
        try:
            probe = [python, "-c", "import mawsim.core.services.postgres, psycopg"]
            subprocess.run(probe, check=True, capture_output=True, env=environ, **identity)
        except (OSError, subprocess.CalledProcessError):
            continue
        return subprocess.run([python, "-c", code], capture_output=True, env=environ, **identity)
    pytest.skip("no Python of this version is open to other users here")
