"""Errors that the layers raise for a person to read; the web layer turns them into answers."""

from collections.abc import Mapping

from django.utils.functional import Promise

Message = str | Promise


class MawsimError(Exception):
    """Base of all errors that are meant for the user."""


class NotVisible(MawsimError):
    """The object does not exist, or its existence is a secret to this user: answered as 404."""


class NotAllowed(MawsimError):
    """The user may see the object but not do this with it: answered as 403."""


class InvalidInput(MawsimError):
    """Input that a form should show beside its fields: `{field: translated message}`.

    The key "__all__" holds what belongs to no single field.
    """

    def __init__(self, errors: Mapping[str, Message]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in errors.items()))
        self.errors = dict(errors)


class Conflict(MawsimError):
    """The object is no longer in the state that this step needs (decided, expired, edited meanwhile)."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class TooMany(MawsimError):
    """A rate limit is reached: answered as 429. `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after
