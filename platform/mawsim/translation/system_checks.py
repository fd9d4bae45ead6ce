"""A wrong engine name stops the start, not the first translation."""

from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from mawsim.translation.registry import engine, names_in_use


@checks.register()
def engines_exist(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    try:
        for name in names_in_use():
            engine(name)
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="translation.E001")]
    return []
