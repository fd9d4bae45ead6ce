"""Keeps a set of children alive: one supervisor per var folder, restarts with back-off, orderly stop."""

import contextlib
import fcntl
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from mawsim.core.services.errors import AlreadyRunningError, ServiceError
from mawsim.core.services.paths import run_dir, var_dir
from mawsim.core.services.process import Child, end_marked

# The variable by which a child, and a child's child, is known as ours after the supervisor was killed.
CHILD_MARK = "MAWSIM_SUPERVISED_BY"

_LOOK_SECONDS = 0.2
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 30.0
_HEALTHY_SECONDS = 60.0


class Service(Protocol):
    """A supervised part: a server of ours or a plain child."""

    @property
    def name(self) -> str: ...
    @property
    def child(self) -> Child: ...
    def spawn(self) -> None: ...
    def stop(self) -> None: ...


@dataclass(frozen=True)
class PlainService:
    """A child that needs no preparation: web, worker, beat."""

    child: Child

    @property
    def name(self) -> str:
        return self.child.name

    def spawn(self) -> None:
        self.child.start()

    def stop(self) -> None:
        self.child.stop()


@contextlib.contextmanager
def sole_supervisor(var: Path | None = None) -> Iterator["RunState"]:
    """Hold the var folder's lock, end what a killed supervisor left behind, and yield the run's state.

    The lock belongs to the open file, so it ends with this process, however that ends: no stale lock.
    Raises AlreadyRunningError with the address of the running site.
    """
    folder = run_dir(var or var_dir())
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "supervisor.lock").open("a+") as lock:
        state = RunState(folder / "supervisor.json")
        _lock_or_refuse(lock, state)
        end_marked(CHILD_MARK, str(folder))
        os.environ[CHILD_MARK] = str(folder)  # inherited by the children, and by theirs
        try:
            yield state
        finally:
            del os.environ[CHILD_MARK]
            state.clear()


def _lock_or_refuse(lock: IO[str], state: "RunState") -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        known = state.read()
        where = f" at {known['address']}" if known.get("address") else ""
        who = f" (process {known['pid']})" if known.get("pid") else ""
        raise AlreadyRunningError(
            f"Mawsim is already running{where}{who}. Stop it with Ctrl-C in its terminal"
            + (f" or: kill {known['pid']}" if known.get("pid") else "")
        ) from None


class RunState:
    """What a running supervisor tells others on disk: its process id, the address, its children."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> dict[str, object]:
        """What was written last; empty when there is nothing that can be read."""
        try:
            known = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def write(self, services: Iterable[Service], address: str = "") -> None:
        """Record the living children; replaces the file in one step."""
        children = {service.name: service.child.pid for service in services if service.child.running}
        text = json.dumps({"pid": os.getpid(), "address": address, "children": children})
        fresh = self._file.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._file)

    def clear(self) -> None:
        """Remove the file: nothing runs any more."""
        self._file.unlink(missing_ok=True)


class Supervisor:
    """Watches services, restarts the ones that end, and stops them all in reverse order.

    `tell` receives short lines for the person at the terminal.
    """

    def __init__(self, state: RunState, tell: Callable[[str], None]) -> None:
        self._state = state
        self._tell = tell
        self._services: list[Service] = []
        self._address = ""
        self._stop = threading.Event()
        self._due: dict[str, float] = {}
        self._delays: dict[str, float] = {}
        self._since: dict[str, float] = {}

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def obey_signals(self) -> None:
        """Ctrl-C, a termination request and a closed terminal all end the watch in order."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stop.set())

    def start(self, *services: Service) -> None:
        """Start services, in order, without waiting for them to answer, and watch them from now on."""
        for service in services:
            self._services.append(service)
            self._spawn(service)

    def announce(self, address: str) -> None:
        """Record where the site answers, for a second start to tell."""
        self._address = address
        self._state.write(self._services, address)

    def watch(self) -> None:
        """Restart what ends, until told to stop."""
        while not self._stop.wait(_LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """One round: note who has ended, restart whose delay is over."""
        now = time.monotonic()
        for service in self._services:
            if service.child.running:
                if now - self._since.get(service.name, now) > _HEALTHY_SECONDS:
                    self._delays.pop(service.name, None)
            elif service.name not in self._due:
                self._note_end(service, now)
            elif now >= self._due[service.name]:
                self._restart(service)

    def stop(self) -> None:
        """Stop everything: first those started last, side by side where they do not need each other."""
        self._stop.set()
        services, others = _parted(self._services)
        for service in others:
            service.child.ask_to_stop()
        for service in [*others, *reversed(services)]:
            service.stop()

    def _spawn(self, service: Service) -> None:
        service.spawn()
        self._since[service.name] = time.monotonic()
        self._state.write(self._services, self._address)

    def _note_end(self, service: Service, now: float) -> None:
        delay = self._delays.get(service.name, _FIRST_DELAY)
        self._delays[service.name] = min(delay * 2, _LONGEST_DELAY)
        self._due[service.name] = now + delay
        # Its own children (worker slots, database sessions) must not meet its successor.
        service.child.kill()
        self._tell(
            f"{service.name} ended ({_reason(service.child.returncode)}); restarting in {delay:g} s. "
            f"Log: {service.child.spec.log}"
        )

    def _restart(self, service: Service) -> None:
        del self._due[service.name]
        try:
            self._spawn(service)
        except (ServiceError, OSError) as error:
            self._tell(f"{service.name} could not be restarted: {error}")
            return
        self._tell(f"{service.name} restarted (process {service.child.pid}).")


def _parted(services: Sequence[Service]) -> tuple[list[Service], list[Service]]:
    """The servers that others depend on, and the plain children that use them."""
    others: list[Service] = [service for service in services if isinstance(service, PlainService)]
    return [service for service in services if service not in others], others


def _reason(returncode: int | None) -> str:
    if returncode is not None and returncode < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-returncode).name}"
    return f"status {returncode}"
