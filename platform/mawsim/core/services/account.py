"""The system account a service runs under.

PostgreSQL refuses to run as root. Under root we hand it to an unprivileged account that every system
has; for everybody else the service simply runs as the user.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from mawsim.core.services.errors import ServiceError

DEFAULT_SERVICE_USER = "nobody"


@dataclass(frozen=True)
class Account:
    """An existing system account: its name, user id and primary group id."""

    name: str
    uid: int
    gid: int


def current_account() -> Account:
    """The account of this process. Raises ServiceError for a user id without a passwd entry."""
    uid = os.geteuid()
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise ServiceError(
            f"The user id {uid} has no entry in /etc/passwd, and PostgreSQL refuses to run without one. "
            "Run as an ordinary user, or point DATABASE_URL at a PostgreSQL server."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def database_account() -> Account:
    """Who runs PostgreSQL: the current user, or under root MAWSIM_SERVICE_USER (default: nobody)."""
    current = current_account()
    if current.uid != 0:
        return current
    name = os.environ.get("MAWSIM_SERVICE_USER") or DEFAULT_SERVICE_USER
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise ServiceError(
            f"There is no system user “{name}” to run PostgreSQL as. Name one in MAWSIM_SERVICE_USER."
        ) from None
    if entry.pw_uid == 0:
        raise ServiceError(f"MAWSIM_SERVICE_USER is “{name}”, which is root; PostgreSQL refuses root.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_reach(folder: Path, account: Account) -> bool:
    """Whether `account` may enter `folder` through all its parents, judged by the permission bits."""
    folder = folder.resolve()
    return all(_may_enter(step, account) for step in (folder, *folder.parents) if step.exists())


def _may_enter(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)
