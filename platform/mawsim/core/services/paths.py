"""Where the embedded services keep their data, sockets and logs, computed without starting anything."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mawsim.core.services.account import can_reach, database_account
from mawsim.core.services.errors import ServiceError

VAR_VARIABLE = "MAWSIM_VAR"
DATABASE_NAME = "mawsim"
DATABASE_USER = "mawsim"

# A socket address holds 107 bytes on Linux and 103 on macOS; the longest name we append to the runtime
# folder is "/pg/.s.PGSQL.5432.lock" with 22.
LONGEST_RUNTIME_PATH = 103 - 22

_ROOT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class EmbeddedUrls:
    """How to reach the embedded services: PostgreSQL, the Celery broker, the Django cache."""

    database: str
    broker: str
    cache: str


def var_dir() -> Path:
    """The folder of everything the site writes: MAWSIM_VAR, or `var` beside manage.py."""
    configured = os.environ.get(VAR_VARIABLE)
    return Path(configured).expanduser().resolve() if configured else _ROOT / "var"


def log_dir(var: Path | None = None) -> Path:
    """The folder of the children's log files."""
    return (var or var_dir()) / "log"


def run_dir(var: Path | None = None) -> Path:
    """The folder of the supervisor's lock and state."""
    return (var or var_dir()) / "run"


def runtime_dir(var: Path | None = None) -> Path:
    """The folder of the sockets: `var/run`, or a private one under the temporary folder.

    The temporary folder is used when the var path is too long for a socket address or closed to the
    account that runs PostgreSQL. A folder that belongs to somebody else is never used, since whoever
    owns it could answer in the server's place.
    """
    var = var or var_dir()
    recorded = _recorded_runtime_dir(var)
    if recorded is not None:
        return recorded
    preferred = run_dir(var)
    if len(os.fsencode(preferred)) <= LONGEST_RUNTIME_PATH and _database_may_enter(preferred):
        return preferred
    return _private_temporary_dir(var)


def prepare_runtime_dir(var: Path | None = None) -> Path:
    """Create the folder of the sockets, open for entering only to its users, and record the choice."""
    var = var or var_dir()
    run_dir(var).mkdir(parents=True, exist_ok=True)
    folder = runtime_dir(var)
    if folder != run_dir(var):
        folder.mkdir(mode=0o700, exist_ok=True)
        if not _is_ours(folder):
            raise ServiceError(f"{folder} belongs to another user; remove it or set TMPDIR.")
        _record_file(var).write_text(f"{var.resolve()}\n{folder}\n", encoding="utf-8")
    if os.geteuid() == 0:
        # The unprivileged account must be able to pass through to its own subfolder.
        folder.chmod(0o711)
    return folder


def postgres_socket_dir(var: Path | None = None) -> Path:
    """The folder that holds PostgreSQL's socket."""
    return runtime_dir(var) / "pg"


def valkey_socket(var: Path | None = None) -> Path:
    """Valkey's socket."""
    return runtime_dir(var) / "valkey" / "valkey.sock"


def database_url(socket_dir: Path, database: str = DATABASE_NAME) -> str:
    """The libpq URL of a database behind a socket folder."""
    return f"postgresql://{DATABASE_USER}@/{database}?host={quote(str(socket_dir), safe='')}"


def broker_url(socket: Path) -> str:
    """The Celery URL of database 0 behind a Valkey socket."""
    return f"redis+socket://{socket}"


def cache_url(socket: Path) -> str:
    """The redis-py URL of database 1 behind a Valkey socket, apart from the broker's queues."""
    return f"unix://{socket}?db=1"


def embedded_urls(var: Path | None = None) -> EmbeddedUrls:
    """The URLs the embedded services have, or will have once started."""
    socket = valkey_socket(var)
    return EmbeddedUrls(database_url(postgres_socket_dir(var)), broker_url(socket), cache_url(socket))


def _database_may_enter(folder: Path) -> bool:
    if os.geteuid() != 0:
        return True
    try:
        return can_reach(folder, database_account())
    except ServiceError:
        return True  # Told at the start, and only to those who start the embedded server.


def _record_file(var: Path) -> Path:
    return run_dir(var) / "runtime-dir"


def _recorded_runtime_dir(var: Path) -> Path | None:
    try:
        owner, folder = map(Path, _record_file(var).read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError):
        return None
    # A copied var folder carries the record of the original, which may be in use.
    if owner != var.resolve() or not folder.parent.is_dir() or not _is_free_or_ours(folder):
        return None
    return folder


def _private_temporary_dir(var: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(var.resolve())).hexdigest()[:12]
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - only a folder of ours is used
        if not _database_may_enter(parent):
            continue
        for attempt in range(10):
            folder = parent / f"mawsim-{os.geteuid()}-{digest}-{attempt}"
            if len(os.fsencode(folder)) <= LONGEST_RUNTIME_PATH and _is_free_or_ours(folder):
                return folder
    raise ServiceError("Found no private folder for the sockets; set TMPDIR to a short path you own.")


def _is_free_or_ours(folder: Path) -> bool:
    return _is_ours(folder) or not (folder.exists() or folder.is_symlink())


def _is_ours(folder: Path) -> bool:
    """Whether the folder is a real one of ours that nobody else may write to."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == os.geteuid()
        and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )
