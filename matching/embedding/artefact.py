"""The bundled model's folder: which files it must hold, and proof that they are whole.

manifest.json       name, shapes, {file: SHA-256} of all files below
static.safetensors  the static branch: int8 rows (vocabulary, dimension), a float32 scale for each
pieces.safetensors  the transformer's own table, likewise, with [PAD], [CLS] and [SEP] behind the vocabulary
body.safetensors    its positions and layers: int8 matrices with a float32 scale per row, the rest float32
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
STATIC = "static.safetensors"
PIECES = "pieces.safetensors"
BODY = "body.safetensors"
TOKENIZER = "tokenizer.json"
FORMAT = "mawsim-two-branch-1"
_REMEDY = "Restore the folder from the repository or run `python -m matching.training export` again."


@dataclass(frozen=True, slots=True)
class Manifest:
    """Contents of manifest.json.

    `layers` and `heads` of the transformer branch (0 without one), the pieces of one `window`, and the
    transformer's `share` in the blend of both branches.
    """

    name: str
    dimension: int
    vocabulary: int
    files: dict[str, str]
    layers: int = 0
    heads: int = 0
    window: int = 0
    share: float = 0.0


def is_artefact(path: Path) -> bool:
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
        return Manifest(
            name=data["name"],
            dimension=int(data["dimension"]),
            vocabulary=int(data["vocabulary"]),
            files=dict(data["files"]),
            layers=int(data["layers"]),
            heads=int(data["heads"]),
            window=int(data["window"]),
            share=float(data["share"]),
        )
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
