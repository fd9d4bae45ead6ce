"""Large files as numbered parts small enough to travel, each and all of them checked by SHA-256."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


class Damaged(ValueError):
    """A file is missing or is not what its manifest says; the message names it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A file of `bytes` bytes: `parts` are {name: SHA-256} in order, `sha256` is that of the whole."""

    sha256: str
    bytes: int
    parts: dict[str, str]

    def described(self) -> dict[str, Any]:
        """For a manifest; `Parts(**described)` reads it again."""
        return asdict(self)


def write_parts(data: bytes, folder: Path, stem: str, limit: int) -> Parts:
    """Write <stem>.000, <stem>.001 ... of at most `limit` bytes; parts of an earlier run are removed."""
    for old in folder.glob(f"{stem}.[0-9][0-9][0-9]"):
        old.unlink()
    parts = {}
    for number, start in enumerate(range(0, len(data), limit)):
        piece = data[start : start + limit]
        name = f"{stem}.{number:03}"
        (folder / name).write_bytes(piece)
        parts[name] = hashlib.sha256(piece).hexdigest()
    return Parts(hashlib.sha256(data).hexdigest(), len(data), parts)


def read_parts(folder: Path, described: Parts) -> bytes:
    """Return the whole. Raises Damaged, naming the first part that is missing or altered."""
    data = b"".join(read_checked(folder / name, sha) for name, sha in described.parts.items())
    if hashlib.sha256(data).hexdigest() != described.sha256:
        raise Damaged(f"the parts in {folder} do not make up the file that its manifest describes")
    return data


def read_checked(path: Path, sha256: str) -> bytes:
    """Return the file's bytes. Raises Damaged where it is missing or its SHA-256 is another."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Damaged(f"{path} is damaged: its SHA-256 is not that of the manifest")
    return data
