"""The site answers while its cache is away."""

from collections.abc import Iterator
from socketserver import BaseRequestHandler, ThreadingUnixStreamServer
from threading import Event, Thread
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from pytest_django import Settings

from mawsim.core.cache import ForgivingCache
from tests.conftest import Cast, ClientOf
from tests.mawsim.accounts.people import person

DEAD = {"default": {"BACKEND": "mawsim.core.cache.ForgivingCache", "LOCATION": "unix:///nowhere"}}


@pytest.fixture
def dead() -> Iterator[None]:
    with override_settings(CACHES=DEAD):
        yield


@pytest.mark.parametrize(
    ("use", "arguments", "answer"),
    [
        ("get", ("a", "default"), "default"),
        ("set", ("a", 1), None),
        ("add", ("a", 1), True),
        ("touch", ("a",), False),
        ("delete", ("a",), False),
        ("get_many", (["a"],), {}),
        ("has_key", ("a",), False),
        ("set_many", ({"a": 1},), ["a"]),
        ("delete_many", (["a"],), None),
    ],
)
@pytest.mark.usefixtures("dead")
def test_a_dead_server_remembers_nothing(use: str, arguments: tuple[Any, ...], answer: Any) -> None:
    assert getattr(cache, use)(*arguments) == answer


@pytest.mark.usefixtures("dead")
def test_counting_on_a_dead_server_finds_no_key() -> None:
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_a_living_server_is_used() -> None:
    assert isinstance(cache._connections[cache._alias], ForgivingCache)
    cache.set_many({"a": 1, "b": 2})
    assert (cache.incr("a"), cache.get_many(["a", "b"]), cache.add("a", 5)) == (2, {"a": 2, "b": 2}, False)
    cache.delete_many(["a", "b"])
    assert (cache.has_key("a"), cache.touch("a")) == (False, False)


def test_a_silent_server_counts_as_dead(tmp_path: Any) -> None:
    """One that accepts and never answers must not hold the page."""
    done = Event()

    class Silent(BaseRequestHandler):
        def handle(self) -> None:
            done.wait(20)

    path = tmp_path / "silent.sock"
    with ThreadingUnixStreamServer(str(path), Silent) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        silent = ForgivingCache(f"unix://{path}", {"OPTIONS": {"socket_timeout": 0.1}})
        assert silent.get("a", "default") == "default"
        done.set()
        server.shutdown()


@pytest.mark.parametrize("path", ["/", "/search/", "/search/?q=hospital", "/account/login/", "/fields/"])
@pytest.mark.usefixtures("dead", "db")
def test_pages_open_without_the_cache(client: Client, path: str) -> None:
    assert client.get(f"/en{path}").status_code == 200


@pytest.mark.usefixtures("dead", "db")
def test_people_log_in_without_the_cache(client: Client, settings: Settings) -> None:
    user = person("hoa@vietcare.example")
    form = {"login": user.email, "password": "correct horse battery"}
    assert client.post("/en/account/login/", form | {"password": "wrong"}).status_code == 200
    assert client.post("/en/account/login/", form).status_code == 302
    assert "_auth_user_id" in client.session


@pytest.mark.usefixtures("dead")
def test_operators_see_that_it_is_away(cast: Cast, client_of: ClientOf) -> None:
    checks = client_of(cast.operator).get("/en/health/").context["checks"]
    assert [check.ok for check in checks if check.name == "Cache"] == [False]
