"""Notices from a lower layer to a higher one, which it must not import.

`settings.EVENT_HANDLERS` maps an event's name to dotted paths of plain functions. They run at once,
inside the caller's transaction: a handler that fails undoes the whole step.
"""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def emit(event: str, /, **payload: Any) -> None:
    """Call every handler of `event` with the keyword arguments; an unlisted event is a KeyError."""
    for path in settings.EVENT_HANDLERS[event]:
        import_string(path)(**payload)
