"""The engines by name; settings.TRANSLATION_ENGINES lists those in use, in the order they are asked."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from mawsim.translation.engines.base import Engine

ENGINES: dict[str, str] = {
    "memory": "mawsim.translation.engines.memory.Memory",
}


@cache
def engine(name: str) -> Engine:
    """The engine, made on first use. ImproperlyConfigured names the known ones for an unknown name."""
    if name not in ENGINES:
        known = ", ".join(sorted(ENGINES))
        raise ImproperlyConfigured(f"TRANSLATION_ENGINES names {name!r}; the known engines are: {known}")
    made: Engine = import_string(ENGINES[name])()
    return made


def engines_in_use() -> list[Engine]:
    return [engine(name) for name in settings.TRANSLATION_ENGINES]
