"""A wrong engine name stops the start, not the first translation."""

from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from mawsim.translation.registry import engines_in_use


@checks.register()
def engines_exist(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    try:
        engines_in_use()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="translation.E001")]
    return []
