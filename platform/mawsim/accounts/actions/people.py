"""People: what they say of themselves."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from mawsim.accounts.actions.checks import assign, check
from mawsim.accounts.models import User

_FIELDS = frozenset({"name", "language", "time_zone"})


def update_profile(*, actor: User, **fields: Any) -> User:
    """Change one's own name, language and time zone."""
    assign(actor, fields, _FIELDS)
    check(actor)
    actor.save(update_fields=list(fields))
    return actor


@transaction.atomic
def add_person(*, email: str, password: str, is_staff: bool = False, **fields: Any) -> User:
    """A person whose address counts as verified: demo data and the first operator, never a sign-up."""
    user = User(email=User.objects.normalize_email(email).lower(), is_staff=is_staff)
    user.set_password(password)
    assign(user, fields, _FIELDS)
    check(user)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
