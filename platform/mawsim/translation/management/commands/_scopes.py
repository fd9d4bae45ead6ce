"""How commands name a scope: "public", or the public id of an organisation."""

from django.core.management.base import CommandError

from mawsim.accounts.models import Organisation, User
from mawsim.translation.scopes import PUBLIC, Scope, organisation


def scope_named(name: str) -> Scope:
    if name == "public":
        return PUBLIC
    key = Organisation.objects.filter(public_id=name).values_list("pk", flat=True).first()
    if key is None:
        raise CommandError(f"There is no organisation with the public id {name!r}.")
    return organisation(key)


def user_named(email: str) -> User | None:
    if not email:
        return None
    found = User.objects.filter(email__iexact=email).first()
    if found is None:
        raise CommandError(f"There is no user with the address {email!r}.")
    return found
