"""One child process: started so that it cannot outlive us, logged to its own file, stopped in steps."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from mawsim.core.services.account import Account
from mawsim.core.services.errors import ServiceError

_PR_SET_PDEATHSIG = 1
_LOG_KEPT_BYTES = 10 * 1024 * 1024
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class ChildSpec:
    """How to start and stop one child.

    `stop_signal` asks it to finish; after `stop_seconds` its whole process group is killed.
    `death_signal` is what the kernel sends it when this process dies without stopping it (Linux).
    """

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0


class Child:
    """A child process that dies with its parent."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def pid(self) -> int | None:
        """The process id, or None before the first start."""
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start the process. Call it from the main thread: the kernel ties the child to its thread."""
        if self.running:
            return
        spec = self.spec
        rotate_log(spec.log)
        identity: dict[str, object] = {}
        if spec.account is not None and os.geteuid() == 0:
            identity = {"user": spec.account.uid, "group": spec.account.gid, "extra_groups": []}
        with spec.log.open("ab") as log:
            self._process = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
                list(spec.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=spec.cwd,
                env=dict(spec.env),
                # Its own group: Ctrl-C reaches the supervisor alone, which then stops things in order.
                process_group=0,
                # Sound, because the supervisor has no threads.
                preexec_fn=partial(_tie_to_parent, spec.death_signal, os.getpid()),
                **identity,
            )

    def ask_to_stop(self) -> None:
        """Send the stop signal without waiting."""
        if self._process is not None and self.running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(self.spec.stop_signal)

    def stop(self) -> None:
        """Ask it to finish, wait, and kill what is left of its process group."""
        if self._process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self.spec.stop_seconds)
        self.kill()

    def kill(self) -> None:
        """Kill the process and whatever it left in its group, at once."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def wait_until(
    ready: Callable[[], bool], child: Child, seconds: float, cancelled: Callable[[], bool] = lambda: False
) -> None:
    """Wait until `ready` holds. Raises ServiceError when the child ends or the deadline passes."""
    deadline = time.monotonic() + seconds
    while not ready():
        if cancelled():
            raise ServiceError(f"The start of {child.name} was cancelled.")
        if not child.running:
            raise ServiceError(
                f"{child.name} ended with status {child.returncode} while starting. "
                f"Its last words:\n{log_tail(child.spec.log)}\nMore in {child.spec.log}"
            )
        if time.monotonic() > deadline:
            raise ServiceError(f"{child.name} did not answer within {seconds:.0f} s; see {child.spec.log}")
        time.sleep(0.03)


def end_marked(variable: str, value: str, seconds: float = 8) -> None:
    """End every process that was started with `variable=value` in its environment (Linux).

    They are asked first, and killed when they are still there after `seconds`.
    """
    mark = f"{variable}={value}".encode()
    deadline = time.monotonic() + seconds
    while left := _processes_marked(mark):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if time.monotonic() > deadline else signal.SIGTERM)
        time.sleep(0.1)


def _processes_marked(mark: bytes) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int(entry.name) != os.getpid() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def die_with_parent(death_signal: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send this process a signal when its parent dies (Linux; elsewhere: no effect)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def rotate_log(log: Path) -> None:
    """Make room for a log file; an overlong one becomes `<name>.1`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > _LOG_KEPT_BYTES:
            log.replace(log.with_name(log.name + ".1"))


def log_tail(log: Path, lines: int = 6) -> str:
    """The last lines of a log file, indented; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def _tie_to_parent(death_signal: signal.Signals, parent: int) -> None:
    # Runs in the forked child, after the change of user, which would have cleared the setting.
    die_with_parent(death_signal)
    if os.getppid() != parent:
        os._exit(1)
