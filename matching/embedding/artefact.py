"""The bundled model's folder: which files it must hold, and proof that they are whole.

manifest.json       name, dimension, vocabulary, {file: SHA-256} of all files below
model.safetensors   embeddings int8 (vocabulary, dimension); weights float32 (vocabulary), one per row
tokenizer.json      unigram vocabulary in the `tokenizers` format
modules.json, config_sentence_transformers.json, 1_Normalize/   what SentenceTransformer(path) reads
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from matching.embedding.base import ModelCorrupt, ModelMissing

MANIFEST = "manifest.json"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
FORMAT = "mawsim-static-1"
_REMEDY = "Restore the folder from the repository or run `python -m matching.training export` again."


@dataclass(frozen=True, slots=True)
class Manifest:
    """Contents of manifest.json."""

    name: str
    dimension: int
    vocabulary: int
    files: dict[str, str]


def is_static_artefact(path: Path) -> bool:
    """Say whether the folder claims to be a model of ours."""
    return (path / MANIFEST).is_file()


def read_manifest(path: Path) -> Manifest:
    """Return the manifest without checking the files. Raises ModelMissing or ModelCorrupt."""
    try:
        data = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelMissing(f"No model in {path}: {MANIFEST} is missing. {_REMEDY}") from None
    except (OSError, ValueError) as error:
        raise ModelCorrupt(f"{path / MANIFEST} cannot be read ({error}). {_REMEDY}") from None
    try:
        if data["format"] != FORMAT:
            raise ModelCorrupt(f"{path} has format {data['format']!r}, not {FORMAT!r}. {_REMEDY}")
        return Manifest(data["name"], int(data["dimension"]), int(data["vocabulary"]), dict(data["files"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelCorrupt(f"{path / MANIFEST} lacks or garbles a field ({error!r}). {_REMEDY}") from None


def verify(path: Path) -> Manifest:
    """Return the manifest after checking every file's SHA-256. Raises ModelMissing or ModelCorrupt."""
    manifest = read_manifest(path)
    for name, expected in manifest.files.items():
        file = path / name
        if not file.is_file():
            raise ModelMissing(f"{file} is missing. {_REMEDY}")
        if sha256(file) != expected:
            raise ModelCorrupt(f"{file} is damaged: its SHA-256 is not the manifest's. {_REMEDY}")
    return manifest


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
