"""The circuit breaker: an engine that keeps failing rests, in all processes, and is then tried by one."""

import time

from django.core.cache import cache

FAILURES = 5  # in a row, within WINDOW
WINDOW = 120  # seconds
REST = 60  # seconds until one call is let through


def seconds_to_rest(name: str) -> float:
    """0 when the engine may be asked. After the rest one caller gets 0, the others wait for its result."""
    opened_until: float | None = cache.get(_key(name, "open"))
    if opened_until is None:
        return 0.0
    if opened_until > time.time():
        return opened_until - time.time()
    return 0.0 if cache.add(_key(name, "probe"), 1, timeout=REST) else float(REST)


def failed(name: str) -> None:
    cache.add(_key(name, "failures"), 0, timeout=WINDOW)
    try:
        failures = cache.incr(_key(name, "failures"))
    except ValueError:  # the cache is away: no memory, no breaker
        return
    if failures >= FAILURES or cache.get(_key(name, "open")) is not None:
        cache.set(_key(name, "open"), time.time() + REST, timeout=10 * REST)
        cache.delete(_key(name, "probe"))


def succeeded(name: str) -> None:
    cache.delete_many([_key(name, part) for part in ("failures", "open", "probe")])


def is_open(name: str) -> bool:
    """Whether it rests; for the operator's page."""
    return cache.get(_key(name, "open")) is not None


def _key(name: str, part: str) -> str:
    return f"translation:breaker:{name}:{part}"
