"""The engines by name. settings.TRANSLATION_ENGINES lists those in use in the order in which they are
asked; settings.TRANSLATION_ROUTES has another order for some pairs of languages."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from mawsim.translation.engines.base import Engine

MEMORY = "memory"
ENGINES: dict[str, str] = {
    MEMORY: "mawsim.translation.engines.memory.Memory",
    "neural": "mawsim.translation.engines.neural.Neural",
    "fake": "mawsim.translation.engines.fake.Fake",
    "ctranslate2": "mawsim.translation.engines.ctranslate.CTranslate",
    "chat": "mawsim.translation.engines.chat.Chat",
    "libretranslate": "mawsim.translation.engines.libretranslate.LibreTranslate",
    "deepl": "mawsim.translation.engines.deepl.DeepL",
}


@cache
def engine(name: str) -> Engine:
    """The engine, made on first use. ImproperlyConfigured names the known ones for an unknown name."""
    if name not in ENGINES:
        known = ", ".join(sorted(ENGINES))
        raise ImproperlyConfigured(f"TRANSLATION_ENGINES names {name!r}; the known engines are: {known}")
    made: Engine = import_string(ENGINES[name])()
    return made


def names_in_use() -> list[str]:
    """Every engine that some pair of languages may ask."""
    routed = [name for names in settings.TRANSLATION_ROUTES.values() for name in names]
    return list(dict.fromkeys([*settings.TRANSLATION_ENGINES, *routed]))


def names_for(source: str, target: str) -> list[str]:
    """The engines to ask for this pair, in order: those of the first route that fits, else the list.

    Routes are {"ko>en": [names], "*>th": [names]}; * stands for any language.
    """
    for pair, names in settings.TRANSLATION_ROUTES.items():
        left, _, right = pair.partition(">")
        if left in {source, "*"} and right in {target, "*"}:
            return list(names)
    return list(settings.TRANSLATION_ENGINES)


def machines_for(source: str, target: str, *, confidential: bool) -> list[tuple[str, Engine]]:
    """The engines beside the memory that speak this pair. Confidential text goes to those alone that
    settings.TRANSLATION_CONFIDENTIAL_ENGINES trusts with it."""
    trusted = settings.TRANSLATION_CONFIDENTIAL_ENGINES
    return [
        (name, engine(name))
        for name in names_for(source, target)
        if name != MEMORY and (not confidential or name in trusted) and engine(name).speaks(source, target)
    ]
