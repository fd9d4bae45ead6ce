"""`manage.py up`: everything the site needs, in one process tree, until Ctrl-C."""

import os
import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from mawsim.core.catalogues import compile_catalogues
from mawsim.core.services import paths, site
from mawsim.core.services.errors import ServiceError
from mawsim.core.services.postgres import EmbeddedPostgres
from mawsim.core.services.process import wait_until
from mawsim.core.services.supervisor import PlainService, RunState, Supervisor, sole_supervisor
from mawsim.core.services.valkey import EmbeddedValkey


class Command(BaseCommand):
    help = "Start everything: PostgreSQL, Valkey, migrations, demo data, worker, beat and the web server."
    # The checks run in `make test`; here they would only delay the start.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to serve on (default: %(default)s).")
        parser.add_argument(
            "--port", type=int, default=8000, help="Port, or the next free one (%(default)s)."
        )
        parser.add_argument("--workers", type=int, default=2, help="Web processes (default: %(default)s).")
        parser.add_argument("--no-web", action="store_true", help="Start everything but the web server.")
        demo = parser.add_mutually_exclusive_group()
        demo.add_argument("--demo", action="store_true", default=None, help="Load demo data in any case.")
        demo.add_argument("--no-demo", action="store_false", dest="demo", help="Never load demo data.")

    def handle(self, *args: object, **options: Any) -> None:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        try:
            with sole_supervisor() as state, self._supervised(state) as supervisor:
                self._start_services(supervisor)
                self._prepare_database(options["demo"])
                address = self._start_site(supervisor, options)
                supervisor.announce(address)
                self._welcome(address)
                supervisor.obey_signals()
                supervisor.watch()
        except ServiceError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self._say("Interrupted while starting.")

    @contextmanager
    def _supervised(self, state: RunState) -> Iterator[Supervisor]:
        supervisor = Supervisor(state, self._say)
        try:
            yield supervisor
        finally:
            supervisor.obey_signals()  # a second Ctrl-C must not interrupt the orderly stop
            self._say("Stopping …")
            connections.close_all()
            supervisor.stop()
            self._say("Stopped. Everything is kept in " + str(paths.var_dir()))

    def _start_services(self, supervisor: Supervisor) -> None:
        servers = _embedded_servers()
        for server in servers:
            self._say(f"Starting {server.name} …")
            supervisor.start(server)
        # Meanwhile, while they start:
        compiled = compile_catalogues(settings.BASE_DIR / "locale")
        if compiled:
            self._say(f"Compiled {len(compiled)} message catalogues.")
        for server in servers:
            server.wait_ready()

    def _prepare_database(self, demo: bool | None) -> None:
        executor = MigrationExecutor(connections["default"])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self._say(f"Applying {len(plan)} migrations …")
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        if demo is None:
            demo = not settings.PRODUCTION and not get_user_model()._default_manager.exists()
        if demo and "load_demo" in get_commands():
            self._say("Loading demo data …")
            with transaction.atomic():  # a start that is broken off leaves none rather than half of it
                call_command("load_demo")
        connections.close_all()

    def _start_site(self, supervisor: Supervisor, options: dict[str, Any]) -> str:
        host, wanted, with_web = options["host"], options["port"], not options["no_web"]
        port = site.free_port(host, wanted) if with_web else wanted
        if port != wanted:
            self._say(f"Port {wanted} is taken; using {port}.")
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        environ = {"SITE_URL": os.environ.get("SITE_URL", address)}
        if with_web:
            # Alone at first, for it is what the person at the terminal waits for.
            web = site.web_child(host, port, options["workers"], environ)
            supervisor.start(PlainService(web))
            wait_until(lambda: site.web_answers(host, port), web, seconds=120)
        supervisor.start(PlainService(site.worker_child(environ)), PlainService(site.beat_child(environ)))
        return address if with_web else ""

    def _welcome(self, address: str) -> None:
        var = paths.var_dir()
        lines = ["", f"  Mawsim is running at {address}" if address else "  Mawsim is running without web."]
        logins = var / "demo-logins.txt"
        if logins.exists():
            lines += ["", "  Demo logins:"]
            lines += [
                f"    {line}" for line in logins.read_text(encoding="utf-8").splitlines() if line.strip()
            ]
        lines += (
            ["", f"  Outgoing mail is written to {settings.EMAIL_FILE_PATH}"]
            if not settings.EMAIL_HOST
            else []
        )
        lines += [f"  Logs are in {paths.log_dir()}", "  Ctrl-C stops everything; nothing is lost.", ""]
        self._say("\n".join(lines))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _embedded_servers() -> list[EmbeddedPostgres | EmbeddedValkey]:
    """The servers for which no URL is configured. Broker and cache share one Valkey."""
    servers: list[EmbeddedPostgres | EmbeddedValkey] = []
    var, logs = paths.var_dir(), paths.log_dir()
    paths.prepare_runtime_dir()
    if not _given("DATABASE_URL"):
        log = logs / "postgres.log"
        servers.append(EmbeddedPostgres(var / "postgres", paths.postgres_socket_dir(), log))
    if not (_given("BROKER_URL") and _given("CACHE_URL")):
        servers.append(EmbeddedValkey(var / "valkey", paths.valkey_socket(), logs / "valkey.log"))
    return servers


def _given(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
