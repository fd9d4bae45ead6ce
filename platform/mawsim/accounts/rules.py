"""Who may do what for an organisation, and the one gate through which views get one."""

from django.contrib.auth.models import AnonymousUser

from mawsim.accounts.models import Membership, Organisation, Role, User
from mawsim.core.errors import NotAllowed, NotVisible

Reader = User | AnonymousUser
_RANK = {Role.VIEWER: 0, Role.EDITOR: 1, Role.OWNER: 2}


def at_least(role: Role | None, wanted: Role) -> bool:
    return role is not None and _RANK[role] >= _RANK[wanted]


def is_operator(user: Reader) -> bool:
    return isinstance(user, User) and user.is_operator


def role_of(user: Reader, organisation: Organisation) -> Role | None:
    """The user's role; None for an outsider, and for everybody while the organisation is suspended."""
    if not user.is_authenticated or not user.is_active or not organisation.is_active:
        return None
    role = (
        Membership.objects.filter(user=user, organisation=organisation).values_list("role", flat=True).first()
    )
    return Role(role) if role else None


def can(user: Reader, organisation: Organisation, role: Role) -> bool:
    return at_least(role_of(user, organisation), role)


def require(user: Reader, organisation: Organisation, role: Role) -> None:
    """`NotVisible` for an outsider, `NotAllowed` for a member below the role."""
    held = role_of(user, organisation)
    if held is None:
        raise NotVisible
    if not at_least(held, role):
        raise NotAllowed


def get_organisation(user: Reader, public_id: str, role: Role | None = None) -> Organisation:
    """The gate. Without `role`: the public view, where a suspended organisation shows to operators only."""
    organisation = Organisation.objects.filter(public_id=public_id).first()
    if organisation is None:
        raise NotVisible
    if role is not None:
        require(user, organisation, role)
    elif not organisation.is_active and not is_operator(user):
        raise NotVisible
    return organisation


def require_operator(user: Reader, organisation: Organisation) -> None:
    """An operator who judges an organisation must not belong to it."""
    if not isinstance(user, User) or not user.is_operator:
        raise NotVisible
    if Membership.objects.filter(user=user, organisation=organisation).exists():
        raise NotAllowed
