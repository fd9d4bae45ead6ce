"""The embedded Valkey: broker and cache behind a Unix socket, kept in an append-only file."""

import contextlib
import os
import signal
import socket as sockets
import time
from collections.abc import Callable
from pathlib import Path

from mawsim.core.services.binaries import valkey_server
from mawsim.core.services.errors import ServiceError
from mawsim.core.services.paths import broker_url, cache_url
from mawsim.core.services.process import Child, ChildSpec, wait_until


class EmbeddedValkey:
    """A Valkey server of our own; every acknowledged write survives a kill -9 of the server."""

    def __init__(self, data_dir: Path, socket: Path, log: Path | None = None) -> None:
        self.data_dir = data_dir
        self.socket = socket
        self.broker_url = broker_url(socket)
        self.cache_url = cache_url(socket)
        self.child = Child(
            ChildSpec(
                name="valkey",
                argv=self._argv(),
                log=log or data_dir.parent / "valkey.log",
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                cwd=data_dir,
                stop_signal=signal.SIGTERM,
                death_signal=signal.SIGTERM,
            )
        )

    @property
    def name(self) -> str:
        return self.child.name

    def start(self, seconds: float = 30, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Start and wait until the server has loaded its data and answers."""
        self.spawn()
        self.wait_ready(seconds, cancelled)

    def spawn(self) -> None:
        """Start the server without waiting for it."""
        for folder in (self.data_dir, self.socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                raise ServiceError(f"{folder} is not a folder of ours; move it away.")
            folder.chmod(0o700)
        self._await_the_former()
        self.child.start()

    def wait_ready(self, seconds: float = 30, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Wait until the server answers commands."""
        wait_until(lambda: _command(self.socket, b"PING") == b"+PONG", self.child, seconds, cancelled)

    def stop(self) -> None:
        """Stop the server after it has written its file."""
        self.child.stop()

    def _argv(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data_dir),
            "appendonly": "yes",
            # The append-only file is the store; a second, periodic snapshot would only cost.
            "save": "",
            # A broker must refuse rather than forget.
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [
            str(valkey_server()),
            *(part for key, value in settings.items() for part in (f"--{key}", value)),
        ]

    def _await_the_former(self) -> None:
        """After a crash: have an orphaned server on our socket end before its file is opened again."""
        deadline = time.monotonic() + 10
        while _command(self.socket, b"SHUTDOWN"):
            if time.monotonic() > deadline:
                raise ServiceError(f"Another Valkey still holds {self.socket}.")
            time.sleep(0.1)
        with contextlib.suppress(FileNotFoundError):
            self.socket.unlink()


def _command(socket: Path, command: bytes) -> bytes:
    """The first line a server answers to an argument-less command; empty when nobody answers."""
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(socket))
            connection.sendall(command + b"\r\n")
            return connection.recv(256).split(b"\r\n")[0]
        except OSError:
            return b""
