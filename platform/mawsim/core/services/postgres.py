"""The embedded PostgreSQL: its data folder, its configuration, its life as a child process."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from mawsim.core.services.account import database_account
from mawsim.core.services.binaries import postgres_bin
from mawsim.core.services.errors import ServiceError
from mawsim.core.services.paths import DATABASE_NAME, DATABASE_USER, database_url
from mawsim.core.services.process import Child, ChildSpec, wait_until

# PostgreSQL enters its data folder by this name, which needs no right to pass through the parents:
# they may be closed (0700) to the account it runs under.
_HERE = "/proc/self/cwd"

_SOCKET_SETTING = "unix_socket_directories"
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_checkpoints": "off",
    "jit": "off",
}
# For test databases only: they outlive a killed server, but not a power cut.
_VOLATILE_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A PostgreSQL server of our own behind a Unix socket; nothing listens on the network.

    Only the system user that starts it may log in (peer authentication), as the database's superuser.
    `durable=False` trades safety at a power cut for speed.
    """

    def __init__(
        self, data_dir: Path, socket_dir: Path, log: Path | None = None, *, durable: bool = True
    ) -> None:
        self.data_dir = data_dir
        self.socket_dir = socket_dir
        self.url = database_url(socket_dir)
        self.durable = durable
        self._account = database_account()
        self._bin = postgres_bin(self._account, socket_dir.parent)
        self._data_name = _HERE if os.path.isdir(_HERE) else str(data_dir)
        self.child = Child(
            ChildSpec(
                name="postgres",
                argv=self._argv(),
                log=log or data_dir.parent / "postgres.log",
                env=_environment(),
                cwd=data_dir,
                account=self._account,
                # Fast shutdown: ends sessions, writes a checkpoint. The default (SIGTERM) would wait
                # for every client to leave of its own accord.
                stop_signal=signal.SIGINT,
                death_signal=signal.SIGINT,
                stop_seconds=20,
            )
        )

    @property
    def name(self) -> str:
        return self.child.name

    def ensure_initialised(self) -> None:
        """Create the database cluster if there is none; an interrupted creation is begun anew."""
        if (self.data_dir / "PG_VERSION").exists():
            self._check_owner()
            return
        if self.data_dir.exists() and any(self.data_dir.iterdir()):
            raise ServiceError(f"{self.data_dir} is not empty and holds no PostgreSQL data; move it away.")
        fresh = self.data_dir.with_name(self.data_dir.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        self._make_private(fresh)
        self._initdb(fresh)
        with contextlib.suppress(FileNotFoundError):
            self.data_dir.rmdir()
        fresh.rename(self.data_dir)

    def start(self, seconds: float = 60, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Initialise if needed, start, and wait until the `mawsim` database answers."""
        self.spawn()
        self.wait_ready(seconds, cancelled)

    def spawn(self) -> None:
        """Start the server without waiting for it."""
        self.ensure_initialised()
        self._make_private(self.socket_dir)
        self._write_access_rules()
        self._clear_leftovers()
        self.child.start()

    def wait_ready(self, seconds: float = 60, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Wait until the server answers, and create the `mawsim` database if it is not there."""
        wait_until(self._answers, self.child, seconds, cancelled)
        self._ensure_database()

    def stop(self) -> None:
        """Stop the server; sessions end at once, nothing committed is lost."""
        self.child.stop()

    def _argv(self) -> list[str]:
        settings = _SETTINGS | {
            _SOCKET_SETTING: str(self.socket_dir),
            # Outside the data folder: there the unprivileged account could redirect what we write.
            "hba_file": str(self.socket_dir.parent / "pg_hba.conf"),
            "ident_file": str(self.socket_dir.parent / "pg_ident.conf"),
        }
        if not self.durable:
            settings |= _VOLATILE_SETTINGS
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self._bin / "postgres"), "-D", self._data_name, *options]

    def _initdb(self, folder: Path) -> None:
        options = ["-U", DATABASE_USER, "-E", "UTF8", "--locale=C", "--auth=peer"]
        # The wheel has no ICU; this locale gives lower() and ILIKE for every script.
        options += ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        if not self.durable:
            options.append("--no-sync")
        where = _HERE if self._data_name == _HERE else str(folder)
        identity = {}
        if os.geteuid() == 0:
            identity = {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        result = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
            [str(self._bin / "initdb"), "-D", where, *options],
            cwd=folder,
            env=_environment(),
            capture_output=True,
            check=False,
            text=True,
            **identity,
        )
        if result.returncode != 0:
            raise ServiceError(f"PostgreSQL could not create its data folder:\n{result.stderr[-2000:]}")

    def _make_private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink():
            raise ServiceError(f"{folder} is a link; it must be a folder.")
        if os.geteuid() == 0:
            os.chown(folder, self._account.uid, self._account.gid)
        folder.chmod(0o700)

    def _check_owner(self) -> None:
        owner = self.data_dir.stat().st_uid
        if owner == self._account.uid:
            return
        raise ServiceError(
            f"{self.data_dir} belongs to “{_user_name(owner)}”, but PostgreSQL would run as "
            f"“{self._account.name}”. Start Mawsim as the user who created it, or move the folder away."
        )

    def _write_access_rules(self) -> None:
        rules = {
            "pg_hba.conf": "local all all peer map=mawsim\n",
            "pg_ident.conf": f'mawsim "{_current_user()}" {DATABASE_USER}\n',
        }
        for name, text in rules.items():
            file = self.socket_dir.parent / name
            file.write_text(text, encoding="utf-8")
            file.chmod(0o644)

    def _answers(self) -> bool:
        import psycopg  # heavy enough to stay off the path of those who only want a URL

        try:
            with psycopg.connect(database_url(self.socket_dir, "postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _ensure_database(self) -> None:
        import psycopg

        with psycopg.connect(database_url(self.socket_dir, "postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
            if known.fetchone() is None:
                connection.execute(f'CREATE DATABASE "{DATABASE_NAME}"')

    def _clear_leftovers(self) -> None:
        """After a crash: wait for our old server to end, and remove the pid file of a dead one.

        Whoever calls this holds the var folder's lock, so a server on this data folder is an orphan. A
        pid file may also name a number that by now belongs to quite another process.
        """
        pid_file = self.data_dir / "postmaster.pid"
        deadline = time.monotonic() + 10
        while processes := _servers_on(self.data_dir, self.socket_dir):
            overdue = time.monotonic() > deadline
            for pid in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL if overdue else signal.SIGINT)
            time.sleep(0.1)
        if os.path.isdir("/proc/self"):
            pid_file.unlink(missing_ok=True)


def _current_user() -> str:
    """The name of the system user of this process, as the peer check of PostgreSQL sees it."""
    return pwd.getpwuid(os.geteuid()).pw_name


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _servers_on(data_dir: Path, socket_dir: Path) -> list[int]:
    """The PostgreSQL processes working on `data_dir` (Linux; elsewhere none are seen).

    Told by their working folder, or, where a container hides that from root, by their arguments.
    """
    argument = f"{_SOCKET_SETTING}={socket_dir}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "comm").read_text().strip() != "postgres":
                continue
            if argument in (entry / "cmdline").read_bytes().split(b"\0") or _works_in(entry, data_dir):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _works_in(entry: Path, folder: Path) -> bool:
    try:
        return os.path.samefile(entry / "cwd", folder)
    except OSError:
        return False
