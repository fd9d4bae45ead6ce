import time

import pytest
from pytest_django import Settings

from mawsim.translation.engines.base import EngineError
from mawsim.translation.engines.http import post_json
from tests.mawsim.translation.servers import Answer, Server


def test_it_posts_and_reads_json(server: Server) -> None:
    server.answer = lambda payload: Answer({"echo": payload["text"]})
    assert post_json(f"{server.url}/x?y=1", {"text": "안녕"}, {"X-Key": "k"}) == {"echo": "안녕"}
    path, headers, payload = server.asked[0]
    assert (path, headers["X-Key"], payload) == ("/x?y=1", "k", {"text": "안녕"})


@pytest.mark.parametrize(
    ("answer", "permanent", "reason"),
    [
        (Answer(b"<html>Bad gateway</html>"), False, "no JSON"),
        (Answer(b"[" * 100_000), False, "no JSON"),
        (Answer([1, 2]), False, "another shape"),
        (Answer({}, 503), False, "answered 503"),
        (Answer({}, 500), False, "answered 500"),
        (Answer({}, 401), True, "answered 401"),
        (Answer({}, 400), True, "answered 400"),
        (Answer({}, 302, {"Location": "http://127.0.0.1:1/"}), True, "answered 302"),
        (Answer(b" " * 5_000_000), False, "more than 4000000 bytes"),
    ],
)
def test_errors_say_whether_they_pass(server: Server, answer: Answer, permanent: bool, reason: str) -> None:
    server.answer = lambda payload: answer
    with pytest.raises(EngineError, match=reason) as caught:
        post_json(server.url, {})
    assert caught.value.permanent is permanent
    assert len(server.asked) == 1


def test_the_server_may_say_when_to_come_back(server: Server) -> None:
    server.answer = lambda payload: Answer({}, 429, {"Retry-After": "7"})
    with pytest.raises(EngineError) as caught:
        post_json(server.url, {})
    assert (caught.value.permanent, caught.value.retry_after) == (False, 7.0)


def test_a_server_that_is_away_is_a_passing_failure() -> None:
    with pytest.raises(EngineError, match="cannot be reached") as caught:
        post_json("http://127.0.0.1:9/", {})
    assert caught.value.permanent is False


@pytest.mark.parametrize("answer", [Answer({}, wait=3), Answer(b"x" * 200, drip=0.1)])
def test_slow_servers_end_at_one_deadline(server: Server, settings: Settings, answer: Answer) -> None:
    settings.TRANSLATION_TIMEOUT = 1
    server.answer = lambda payload: answer
    started = time.monotonic()
    with pytest.raises(EngineError, match="did not answer within 1 s"):
        post_json(server.url, {})
    assert 0.9 < time.monotonic() - started < 2.5
