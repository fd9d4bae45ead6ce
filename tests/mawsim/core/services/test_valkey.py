import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from mawsim.core.services.errors import ServiceError
from mawsim.core.services.valkey import EmbeddedValkey


@pytest.fixture
def server(short_dir: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(short_dir / "queue", short_dir / "run" / "valkey.sock")
    yield server
    server.stop()


def test_an_acknowledged_write_survives_a_kill(server: EmbeddedValkey) -> None:
    server.start()
    assert redis.Redis.from_url(server.cache_url).lpush("queue", "task") == 1
    assert server.child.pid is not None
    os.kill(server.child.pid, signal.SIGKILL)
    server.child.kill()
    server.start()
    assert redis.Redis.from_url(server.cache_url).lrange("queue", 0, -1) == [b"task"]


def test_it_listens_on_its_socket_alone(server: EmbeddedValkey) -> None:
    server.start()
    client = redis.Redis(unix_socket_path=str(server.socket))
    assert client.config_get("port") == {"port": "0"}
    assert server.socket.stat().st_mode & 0o077 == 0
    assert server.socket.parent.stat().st_mode & 0o077 == 0


def test_broker_and_cache_are_apart(server: EmbeddedValkey) -> None:
    server.start()
    redis.Redis.from_url(server.cache_url).set("key", "cached")
    assert redis.Redis(unix_socket_path=str(server.socket), db=0).dbsize() == 0


def test_an_orphan_of_a_former_run_is_ended_first(server: EmbeddedValkey) -> None:
    server.start()
    redis.Redis.from_url(server.cache_url).set("key", "kept")
    successor = EmbeddedValkey(server.data_dir, server.socket)
    successor.start()
    try:
        assert server.child._process is not None
        assert server.child._process.wait(5) == 0
        assert redis.Redis.from_url(successor.cache_url).get("key") == b"kept"
    finally:
        successor.stop()


def test_a_link_in_place_of_its_folder_is_refused(server: EmbeddedValkey, short_dir: Path) -> None:
    (short_dir / "elsewhere").mkdir()
    server.data_dir.symlink_to(short_dir / "elsewhere")
    with pytest.raises(ServiceError, match="is not a folder of ours"):
        server.start()
