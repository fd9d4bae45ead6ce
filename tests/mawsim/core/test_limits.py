import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory, override_settings

from mawsim.core import limits
from mawsim.core.errors import TooMany
from tests.conftest import Cast


def _request(user: object, address: str = "127.0.0.1") -> object:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user = user
    return request


def test_the_use_above_the_limit_is_refused(cast: Cast) -> None:
    request = _request(cast.operator)
    for _ in range(3):
        limits.limit(request, "search", per_minute=3)
    with pytest.raises(TooMany) as caught:
        limits.limit(request, "search", per_minute=3)
    assert 1 <= caught.value.retry_after <= limits.WINDOW + 1


def test_users_addresses_and_actions_are_counted_apart(cast: Cast) -> None:
    limits.limit(_request(cast.operator), "search", per_minute=1)
    limits.limit(_request(cast.of(cast.hanbit)), "search", per_minute=1)
    limits.limit(_request(cast.operator), "message", per_minute=1)
    limits.limit(_request(AnonymousUser(), "127.0.0.2"), "search", per_minute=1)
    limits.limit(_request(AnonymousUser(), "127.0.0.3"), "search", per_minute=1)


def test_a_dead_cache_does_not_close_the_site(cast: Cast) -> None:
    dead = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere"}
    }
    with override_settings(CACHES=dead):
        for _ in range(3):
            limits.limit(_request(cast.operator), "search", per_minute=1)


def test_behind_a_proxy_visitors_are_told_apart_by_what_the_proxy_adds(db: None) -> None:
    def ask(forwarded: str) -> None:
        request = _request(AnonymousUser())
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
        limits.limit(request, "search", per_minute=1)

    with override_settings(BEHIND_PROXY=True):
        ask("192.0.2.1")
        ask("192.0.2.2")
        with pytest.raises(TooMany):
            ask("203.0.113.9, 192.0.2.1")  # the first is what the visitor claims
    ask("192.0.2.3")
    with pytest.raises(TooMany):
        ask("192.0.2.4")  # without a proxy, the header is nothing but a claim
