"""Search over HTTP while people publish: `python -m tests.bench.http --n 100000 --readers 50 --json FILE`.

A scratch PostgreSQL and Valkey are started and filled with listings, then the real web server and a real
worker. Readers ask, look at the page for some seconds (`--think`, exponentially distributed) and ask again;
meanwhile listings are published one after the other, each timed until the search page shows it. Written are
p50_ms and p99_ms of the search page, errors, publish_to_searchable_p95_s, and what describes the run.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np

HOST = "127.0.0.1"
WEB_PROCESSES = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument(
        "--think", type=float, default=5.0, help="seconds between a reader's pages, on average"
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--publish-every", type=float, default=2.0)
    parser.add_argument("--json", type=Path, required=True)
    options = parser.parse_args()
    with ExitStack() as stack:
        base = stack.enter_context(_scratch())
        stack.enter_context(_services(base))
        figures = _measure(options, base, stack)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures, indent=1))


@contextmanager
def _scratch() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="mawsim-bench-", dir=os.environ.get("MAWSIM_BENCH_TMP")))
    base.chmod(0o711)
    try:
        yield base
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def _services(base: Path) -> Iterator[None]:
    """Start PostgreSQL, with memory for a million listings, and Valkey; set Django up on them."""
    import psycopg

    from mawsim.core.services.postgres import EmbeddedPostgres
    from mawsim.core.services.valkey import EmbeddedValkey

    postgres = EmbeddedPostgres(base / "data", base / "run" / "pg", durable=False)
    valkey = EmbeddedValkey(base / "queue", base / "run" / "valkey" / "valkey.sock")
    try:
        postgres.start()
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            for setting in ("shared_buffers = '2GB'", "maintenance_work_mem = '1GB'", "max_wal_size = '8GB'"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
        postgres.stop()
        postgres.start()
        valkey.spawn()
        valkey.wait_ready()
        os.environ.update(
            DATABASE_URL=postgres.url, BROKER_URL=valkey.broker_url, CACHE_URL=valkey.cache_url,
            MAWSIM_VAR=str(base / "var"), SNAPSHOT_DIR=str(base / "index"), MAWSIM_ENV="development",
            DJANGO_SETTINGS_MODULE="mawsim.settings", LOG_LEVEL="WARNING", OMP_WAIT_POLICY="passive",
            OMP_NUM_THREADS="1",
        )  # fmt: skip
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield
    finally:
        valkey.stop()
        postgres.stop()


def _measure(options: argparse.Namespace, base: Path, stack: ExitStack) -> dict[str, Any]:
    from mawsim.matches import actions
    from tests.bench import listings

    started = time.monotonic()
    listings.load(options.n)
    loaded = time.monotonic()
    actions.rebuild_snapshot(force=True)
    built = time.monotonic()
    _say(f"loaded in {loaded - started:.0f} s, snapshot in {built - loaded:.0f} s")
    port = _free_port()
    web = stack.enter_context(_running(base / "web.log", *_web(port)))
    stack.enter_context(_running(base / "worker.log", *_worker()))
    first = _await_web(port, base / "web.log")
    _say(f"first page with meaning after {first:.1f} s")
    run = Run(port, options.think, time.monotonic() + options.seconds)
    _say("warming up")
    warm = Run(port, 0.2, time.monotonic() + min(20.0, options.seconds))
    _read(warm, min(options.readers, 8))
    threads = [threading.Thread(target=run.read, args=[number]) for number in range(options.readers)]
    threads.append(threading.Thread(target=run.publish, args=[options.publish_every]))
    spent = _cpu_seconds(base)
    run.until = time.monotonic() + options.seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = {name: _cpu_seconds(base)[name] - before for name, before in spent.items()}
    if run.notes:
        _say("\n".join(run.notes[:5]))
    return {
        "n": options.n, "readers": options.readers, "think_s": options.think, "seconds": options.seconds,
        "requests": len(run.times),
        "p50_ms": _percentile(run.times, 50, 1e3), "p99_ms": _percentile(run.times, 99, 1e3),
        "errors": run.errors, "degraded": run.degraded,
        "published": len(run.searchable), "publish_to_searchable_p50_s": _percentile(run.searchable, 50),
        "publish_to_searchable_p95_s": _percentile(run.searchable, 95),
        "cpu_share": {name: round(seconds / options.seconds, 2) for name, seconds in spent.items()},
        "load_s": round(loaded - started, 1), "snapshot_s": round(built - loaded, 1),
        "first_page_s": round(first, 2), **_memory(web.pid, base / "index"),
    }  # fmt: skip


def _read(run: Run, readers: int) -> None:
    threads = [threading.Thread(target=run.read, args=[number]) for number in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@dataclass
class Run:
    """What readers and the publisher see until `until` (monotonic seconds)."""

    port: int
    think: float
    until: float
    times: list[float] = field(default_factory=list)
    searchable: list[float] = field(default_factory=list)
    errors: int = 0
    degraded: int = 0
    notes: list[str] = field(default_factory=list)

    def read(self, number: int) -> None:
        """Ask, look, and ask again; every reader comes from an address of its own, as people do."""
        draw = random.Random(number)
        queries = _queries(draw)
        time.sleep(draw.random() * self.think)
        while time.monotonic() < self.until:
            path = _path(draw, queries)
            started = time.perf_counter()
            status, page = _get(self.port, path, f"127.1.{number // 250}.{number % 250 + 1}")
            self.times.append(time.perf_counter() - started)
            if status != 200:
                self.errors += 1
                self.notes.append(f"{status} {path}")
            self.degraded += b"notice--warn" in page
            time.sleep(draw.expovariate(1 / self.think) if self.think else 0)

    def publish(self, every: float) -> None:
        """Publish a listing with a word of its own, wait until it is found, and go on."""
        number = 0
        while time.monotonic() < self.until:
            number += 1
            word = f"Zephyr{number:04d}q"
            started = time.monotonic()
            pk = _publish(f"{word} crop disease drones", number)
            seen = self._await_listing(word, pk)
            if seen is None:
                self.errors += 1
                self.notes.append(f"{word} was not found within 30 s")
            else:
                self.searchable.append(seen - started)
            time.sleep(max(0.0, every - (time.monotonic() - started)))

    def _await_listing(self, word: str, pk: int) -> float | None:
        """Return when both the search page shows the word and an index reader has the vector."""
        from mawsim.matches import reader

        deadline = time.monotonic() + 30
        shown = False
        while time.monotonic() < deadline:
            if not shown:
                page = _get(self.port, f"/en/search/?{urlencode({'q': word})}", "127.2.0.1")[1]
                shown = word.encode() in page.split(b"<main", 1)[-1] and b"crop disease drones" in page
            if shown:
                serving = reader.serving()
                if serving is not None and pk in serving.index.vectors([pk]):
                    return time.monotonic()
            time.sleep(0.2)
        return None


def _publish(title: str, number: int) -> int:
    """Publish a listing the way an import does: one transaction, then the workers are woken."""
    from datetime import timedelta

    from django.db import transaction
    from django.utils import timezone

    from mawsim.listings.actions.outbox import record
    from mawsim.listings.models import Event, Kind, Listing, Status

    now = timezone.now()
    with transaction.atomic():
        listing = Listing(
            organisation_id=1 + number % 100, kind=Kind.OFFER, pillar="technology", title=title,
            summary=title, source_language="en", status=Status.PUBLISHED, published_at=now,
            expires_at=now + timedelta(days=365),
        )  # fmt: skip
        record(listing, actor=None, event=Event.IMPORTED)
    return int(listing.pk)


def _queries(draw: random.Random) -> list[str]:
    """Return what readers ask: names of concepts in all languages, sentences, and now and then a code."""
    from tests.bench.listings import read_concepts, sentences

    concepts = [name for row in read_concepts() for name in row.values() if name]
    return [*draw.choices(concepts, k=60), *[text for _, text in sentences(30, draw.randrange(10**6))]]


def _path(draw: random.Random, queries: list[str]) -> str:
    fields = {"q": draw.choice(queries)}
    if draw.random() < 0.1:
        fields["q"] = f"MX-{draw.randrange(1, 10_000):07d}"
    if draw.random() < 0.3:
        fields["country"] = draw.choice(["KR", "VN", "AE"])
    if draw.random() < 0.2:
        fields["kind"] = draw.choice(["offer", "need"])
    if draw.random() < 0.1:
        fields["page"] = "2"
    language = draw.choice(["en", "ko", "ar", "vi", "th"])
    return f"/{language}/search/?{urlencode(fields, quote_via=quote)}"


def _get(port: int, path: str, source: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=30, source_address=(source, 0))
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error).encode()
    finally:
        connection.close()


def _web(port: int) -> list[str]:
    options = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", str(WEB_PROCESSES)]
    return ["granian", *options, "--blocking-threads", "16", "--no-ws", "mawsim.wsgi:application"]


def _worker() -> list[str]:
    options = ["--concurrency", "1", "--queues", "celery", "--without-gossip", "--without-mingle"]
    return ["celery", "-A", "mawsim.celery", "worker", *options]


@contextmanager
def _running(log: Path, *module: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python module as a child that is gone after the block, with all of its own."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", *module], stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield child
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _await_web(port: int, log: Path) -> float:
    """Wait for a page that was found by meaning; return how long that took."""
    started = time.monotonic()
    while time.monotonic() - started < 300:
        status, page = _get(port, "/en/search/?q=drone", "127.0.0.1")
        if status == 200 and b"notice--warn" not in page:
            return time.monotonic() - started
        time.sleep(0.2)
    raise SystemExit(f"The web server does not answer:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _memory(pid: int, snapshots: Path) -> dict[str, float]:
    """Return what a further web process takes for itself, and the size of the snapshot, in MiB."""
    private = [
        _private_mib(int(child.name)) for child in Path("/proc").glob("[0-9]*") if _parent(child) == pid
    ]
    size = sum(path.stat().st_size for path in sorted(snapshots.rglob("snapshot-*"))[-1].iterdir())
    return {"web_private_mib": round(max(private, default=0.0)), "snapshot_mib": round(size / 2**20)}


def _cpu_seconds(base: Path) -> dict[str, float]:
    """Return the seconds of processor time taken so far by each part of the run, and by all else."""
    marks = {
        "web": b"granian",
        "worker": b"celery",
        "postgres": str(base).encode(),
        "client": b"tests.bench.http",
    }
    spent = dict.fromkeys([*marks, "others"], 0.0)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            times = (process / "stat").read_text().rsplit(")", 1)[1].split()[11:13]
        except OSError:
            continue
        name = next((name for name, mark in marks.items() if mark in command), "others")
        if command.startswith(b"postgres:"):
            name = "postgres"
        spent[name] += sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    return spent


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def _private_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024


def _percentile(values: list[float], share: float, factor: float = 1.0) -> float | None:
    return round(float(np.percentile(values, share)) * factor, 3) if values else None


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
