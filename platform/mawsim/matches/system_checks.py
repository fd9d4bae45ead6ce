"""A damaged or missing model stops the start, not the first search."""

from typing import Any

from django.conf import settings
from django.core import checks

from mawsim.matches import engine


@checks.register()
def model_is_whole(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    fault = engine.model_fault(settings.EMBEDDING_MODEL)
    return [checks.Error(fault, id="matches.E001")] if fault else []
