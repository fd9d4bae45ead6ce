"""The shared cache of a site that also answers without it."""

from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class ForgivingCache(RedisCache):
    """Redis or Valkey; while the server is away it is a cache that remembers nothing.

    Reads find nothing, writes are lost, and every use is logged. `incr` then raises the ValueError of a
    missing key, as any cache does.
    """

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        # As if added: whoever adds to be the only one goes on, instead of waiting for nobody.
        return bool(_try("add", lambda: super(ForgivingCache, self).add(key, value, timeout, version), True))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return _try("get", lambda: super(ForgivingCache, self).get(key, default, version), default)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        _try("set", lambda: super(ForgivingCache, self).set(key, value, timeout, version), None)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(_try("touch", lambda: super(ForgivingCache, self).touch(key, timeout, version), False))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(_try("delete", lambda: super(ForgivingCache, self).delete(key, version), False))

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        found: dict[str, Any] = _try(
            "get_many", lambda: super(ForgivingCache, self).get_many(keys, version), {}
        )
        return found

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(_try("has_key", lambda: super(ForgivingCache, self).has_key(key, version), False))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        number = _try("incr", lambda: super(ForgivingCache, self).incr(key, delta, version), None)
        if number is None:
            raise ValueError(f"Key {key!r} not found")
        return int(number)

    def set_many(
        self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[str]:
        lost: list[str] = _try(
            "set_many", lambda: super(ForgivingCache, self).set_many(data, timeout, version), list(data)
        )
        return lost

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        _try("delete_many", lambda: super(ForgivingCache, self).delete_many(keys, version), None)


def _try(name: str, use: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return use()
    except RedisError as error:
        log.warning("cache.down", use=name, reason=str(error))
        return otherwise
