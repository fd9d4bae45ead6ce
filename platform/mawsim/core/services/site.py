"""The site's own processes: web server, Celery worker and Celery beat, as children to supervise."""

import errno
import http.client
import os
import signal
import socket
import sys
from pathlib import Path

from mawsim.core.services.errors import ServiceError
from mawsim.core.services.paths import log_dir, var_dir
from mawsim.core.services.process import Child, ChildSpec

_PORTS_TRIED = 100


def free_port(host: str, wanted: int) -> int:
    """The first free port from `wanted` upwards. Raises ServiceError when none of a hundred is free."""
    for port in range(wanted, min(wanted + _PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            # As servers do: a port of connections that are just closing down counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError:
                raise ServiceError(f"Port {port} is reserved for root; choose one above 1023.") from None
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise ServiceError(f"This machine has no address {host}.") from None
                continue
            return port
    raise ServiceError(f"No free port between {wanted} and {wanted + _PORTS_TRIED - 1}.")


def web_child(host: str, port: int, workers: int, environ: dict[str, str]) -> Child:
    """Granian serving the site over WSGI."""
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers)]
    # Every thread keeps a database connection: the default of 256 would exhaust the server's hundred.
    options += ["--blocking-threads", "16"]
    # A request in hand at the stop gets five seconds.
    options += ["--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "5"]
    return _python_child("web", ["granian", *options, "mawsim.wsgi:application"], environ)


def worker_child(environ: dict[str, str]) -> Child:
    """One Celery worker with one slot; on SIGTERM it finishes its task, when killed the task comes back."""
    options = ["--concurrency", "1", "--queues", "celery", "--loglevel", "INFO"]
    # Gossip and mingle serve clusters of workers and cost seconds at the start.
    options += ["--without-gossip", "--without-mingle"]
    return _python_child("worker", ["celery", "-A", "mawsim.celery", "worker", *options], environ)


def beat_child(environ: dict[str, str]) -> Child:
    """Celery beat, which keeps its timetable under `var/beat`."""
    schedule = var_dir() / "beat" / "schedule"
    schedule.parent.mkdir(parents=True, exist_ok=True)
    # No pid file: after a crash it would keep beat from starting, and the supervisor watches it anyway.
    options = ["--schedule", str(schedule), "--pidfile", "", "--loglevel", "INFO"]
    return _python_child("beat", ["celery", "-A", "mawsim.celery", "beat", *options], environ)


def web_answers(host: str, port: int) -> bool:
    """Whether `/health/live` answers; a host name that is not allowed (400) is an answer too."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/health/live", headers={"Host": "localhost"})
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _python_child(name: str, module: list[str], environ: dict[str, str]) -> Child:
    return Child(
        ChildSpec(
            name=name,
            argv=[sys.executable, "-m", *module],
            log=log_dir() / f"{name}.log",
            # Celery would run Django's checks, and so import the whole web side; `make test` runs them.
            env={**os.environ, **environ, "PYTHONUNBUFFERED": "1", "CELERY_SKIP_CHECKS": "1"},
            cwd=Path.cwd(),
            death_signal=signal.SIGTERM,
            stop_seconds=10,
        )
    )
