"""The last check before a row is written, whoever called."""

from django.core.exceptions import ValidationError
from django.db.models import Model

from mawsim.core.errors import InvalidInput


def check(row: Model) -> None:
    """The validators of the model's fields; `InvalidInput` names the fields."""
    relations = [field.name for field in row._meta.concrete_fields if field.is_relation]
    try:
        row.clean_fields(exclude=relations)  # these were loaded, not typed
    except ValidationError as error:
        raise InvalidInput(
            {field: " ".join(messages) for field, messages in error.message_dict.items()}
        ) from error


def assign(row: Model, fields: dict[str, object], allowed: frozenset[str]) -> None:
    """Set the fields; TypeError for a name that this action does not change."""
    if unknown := fields.keys() - allowed:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(row, name, value)
