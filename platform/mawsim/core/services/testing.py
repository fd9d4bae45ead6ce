"""Embedded services for a test run: in a folder of their own, fast instead of durable."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from mawsim.core.services.paths import EmbeddedUrls
from mawsim.core.services.postgres import EmbeddedPostgres
from mawsim.core.services.valkey import EmbeddedValkey


@contextmanager
def services_for_tests() -> Iterator[EmbeddedUrls]:
    """PostgreSQL and Valkey in a temporary folder, stopped and removed at the end.

    They die with the test process too, however that ends. Start them from the main thread.
    """
    # Not pytest's own temporary folder: its long names do not fit into a socket address, and it is
    # closed to the account that runs PostgreSQL under root.
    base = Path(tempfile.mkdtemp(prefix="mawsim-test-"))
    with ExitStack() as cleanup:
        cleanup.callback(shutil.rmtree, base, ignore_errors=True)
        base.chmod(0o711)
        postgres = EmbeddedPostgres(base / "data", base / "run" / "pg", durable=False)
        valkey = EmbeddedValkey(base / "queue", base / "run" / "valkey" / "valkey.sock")
        for service in (valkey, postgres):
            cleanup.callback(service.stop)
            service.spawn()
        postgres.wait_ready()
        valkey.wait_ready()
        yield EmbeddedUrls(postgres.url, valkey.broker_url, valkey.cache_url)
