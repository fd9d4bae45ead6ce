"""A snapshot's description of itself: what it holds, and how to tell that it is whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from matching.errors import SnapshotCorrupt, SnapshotMismatch, SnapshotMissing

FORMAT = 2
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What a file was when it was written: size in bytes, modification time in ns, SHA-256 in hex."""

    size: int
    mtime_ns: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> FileStamp:
        status = path.stat()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(status.st_size, status.st_mtime_ns, digest)

    def check(self, path: Path) -> None:
        """Raise `SnapshotCorrupt` unless the file is the one that was stamped.

        A gigabyte takes seconds to hash, so it is hashed only when something wrote to the file since.
        """
        try:
            status = path.stat()
            untouched = (status.st_size, status.st_mtime_ns) == (self.size, self.mtime_ns)
            if not untouched and (status.st_size != self.size or FileStamp.of(path).sha256 != self.sha256):
                raise SnapshotCorrupt(f"{path.name} was altered or cut short")
        except OSError as error:
            raise SnapshotCorrupt(f"{path.name} cannot be read: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of `manifest.json`.

    `watermark` is the caller's own mark of how far into its changes the snapshot reaches; `created` is
    ISO 8601 in UTC; `exact_rows` is the number of rows up to which all are compared exactly. Above it there
    is a graph: `peak` is the component that its largest 8-bit number stands for, `effort` how far it looks.
    """

    model: str
    dimension: int
    count: int
    watermark: str
    created: str
    exact_rows: int
    peak: float = 0.0
    effort: int = 0
    files: dict[str, FileStamp] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        content = {"format": FORMAT, **asdict(self)}
        path = folder / MANIFEST
        path.write_text(json.dumps({**content, "checksum": _checksum(content)}, indent=1), "utf-8")
        return path

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raise `SnapshotMissing`, `SnapshotCorrupt`, or `SnapshotMismatch` for another format."""
        try:
            content = json.loads((folder / MANIFEST).read_text("utf-8"))
            checksum, version = content.pop("checksum"), content.pop("format")
        except FileNotFoundError as error:
            raise SnapshotMissing(f"no manifest in {folder.name}") from error
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise SnapshotCorrupt(f"the manifest of {folder.name} cannot be read") from error
        if checksum != _checksum({"format": version, **content}):
            raise SnapshotCorrupt(f"the manifest of {folder.name} was altered")
        if version != FORMAT:
            raise SnapshotMismatch(f"{folder.name} has format {version}, expected {FORMAT}")
        files = {name: FileStamp(**stamp) for name, stamp in content.pop("files").items()}
        return cls(**content, files=files)

    def check(self, folder: Path, model: str, dimension: int) -> None:
        """Raise `SnapshotMismatch` for another encoder's vectors, `SnapshotCorrupt` for damaged files."""
        if (self.model, self.dimension) != (model, dimension):
            raise SnapshotMismatch(
                f"{folder.name} is of {self.model} ({self.dimension}), expected {model} ({dimension}): "
                "it stays unused until the next build replaces it"
            )
        for name, stamp in self.files.items():
            stamp.check(folder / name)


def _checksum(content: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
