"""Rate limits on what costs: fixed windows of one minute, counted in the cache."""

import time
from collections.abc import Callable
from functools import wraps

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from mawsim.core.errors import TooMany

log = structlog.get_logger(__name__)
WINDOW = 60  # seconds


def limit(request: HttpRequest, name: str, *, per_minute: int) -> None:
    """Count one use of `name` by this user (or address, when anonymous); `TooMany` above the limit.

    Where the cache is down the use is let through: a site that answers is worth more than the count.
    """
    who = f"user:{request.user.pk}" if request.user.is_authenticated else f"address:{_address(request)}"
    now = time.time()
    key = f"limit:{name}:{who}:{int(now // WINDOW)}"
    try:
        cache.add(key, 0, timeout=2 * WINDOW)
        used = cache.incr(key)
    except Exception:
        log.warning("limit.cache_down", name=name, exc_info=True)
        return
    if used > per_minute:
        raise TooMany(retry_after=int(WINDOW - now % WINDOW) + 1)


def limited(
    name: str, *, per_minute: int, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """`limit` as a decorator of a view, for the given request methods."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method in methods:
                limit(request, name, per_minute=per_minute)
            return view(request, *args, **kwargs)

        return wrapper

    return decorate


def _address(request: HttpRequest) -> str:
    """The visitor's address. Behind our proxy it is what the proxy has added at the end: all before that
    may be invented by the visitor, and the connection itself is always the proxy's."""
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")) if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META["REMOTE_ADDR"])
