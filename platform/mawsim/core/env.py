"""Strict readers of the environment: a bad value stops the start with the name of the variable.

Every variable may be given as `NAME` or as `NAME_FILE`, the path of a file that holds it (secrets).
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class BadEnvironment(Exception):
    """A variable is missing or cannot be read; the message names it and says what is expected."""


def text(name: str, default: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """The value of `name`, else the content of the file named by `name_FILE`, else `default`."""
    if name in environ:
        return environ[name]
    if path := environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadEnvironment(f"{name}_FILE={path}: {error.strerror}") from error
    if default is None:
        raise BadEnvironment(f"{name} (or {name}_FILE) must be set")
    return default


def flag(name: str, default: bool = False, environ: Mapping[str, str] = os.environ) -> bool:
    value = text(name, "1" if default else "0", environ).strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise BadEnvironment(f"{name} must be one of 1/true/yes/on or 0/false/no/off, not {value!r}")


def number(name: str, default: int, environ: Mapping[str, str] = os.environ) -> int:
    value = text(name, str(default), environ)
    try:
        return int(value)
    except ValueError as error:
        raise BadEnvironment(f"{name} must be a whole number, not {value!r}") from error


def listed(name: str, default: str = "", environ: Mapping[str, str] = os.environ) -> list[str]:
    """Comma-separated values, blanks dropped."""
    return [part.strip() for part in text(name, default, environ).split(",") if part.strip()]


def table(name: str, default: str = "", environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Comma-separated `key=value` pairs, in their order."""
    pairs = [part.partition("=") for part in listed(name, default, environ)]
    if bad := [key for key, _equals, value in pairs if not key.strip() or not value.strip()]:
        raise BadEnvironment(f"{name} must be key=value pairs with commas between them, not {bad[0]!r}")
    return {key.strip(): value.strip() for key, _equals, value in pairs}


def numbers(name: str, default: str = "", environ: Mapping[str, str] = os.environ) -> dict[str, int]:
    """As `table`, with whole numbers as values."""
    try:
        return {key: int(value) for key, value in table(name, default, environ).items()}
    except ValueError as error:
        raise BadEnvironment(f"{name} must hold whole numbers: {error}") from error


def database(url: str) -> dict[str, Any]:
    """Django's settings for a `postgresql://user:password@host:port/name?option=value` URL.

    A `host` option wins over the host part, as in libpq: that is how a socket folder is named.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise BadEnvironment(f"DATABASE_URL must start with postgresql://, not {parts.scheme!r}")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "mawsim",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
