"""The parallel corpus as it lies in its folder: <lang>.tsv.zst and SOURCES.md."""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import zstandard

_SOURCE_ROW = re.compile(r"^\|\s*([\w.-]+/[\w.-]+)\s*\|\s*([^|]+?)\s*\|", re.MULTILINE)


def read_licences(corpus: Path) -> dict[str, str]:
    """Return {repository: licence} from the corpus' SOURCES.md."""
    return dict(_SOURCE_ROW.findall((corpus / "SOURCES.md").read_text(encoding="utf-8")))


def read_rows(path: Path) -> Iterator[list[str]]:
    """Yield the cells of each line of a compressed table; the corpus has [English, target, repository,
    document]."""
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        for line in io.TextIOWrapper(stream, encoding="utf-8", newline="\n"):
            yield line.rstrip("\n").split("\t")


def write_rows(path: Path, rows: Iterable[Iterable[str]]) -> None:
    """Write a compressed table, whole or not at all."""
    part = path.with_suffix(".part")
    with part.open("wb") as raw, zstandard.ZstdCompressor(level=6).stream_writer(raw) as stream:
        for row in rows:
            stream.write(("\t".join(row) + "\n").encode())
    part.rename(path)
