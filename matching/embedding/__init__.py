"""Texts to vectors. `load_encoder` is the only door: nobody else decides which implementation runs."""

from __future__ import annotations

from pathlib import Path

from matching.embedding.artefact import is_artefact, read_manifest
from matching.embedding.base import Encoder, EncoderError, ModelCorrupt, ModelMissing, neutral_vector

BUNDLED_MODEL = Path(__file__).resolve().parent.parent / "models" / "mawsim-v3"
BUNDLED_STATIC = "bundled-static"
"""Name of the bundled model's static branch alone: far faster, and coarser."""

__all__ = [
    "BUNDLED_MODEL",
    "BUNDLED_STATIC",
    "Encoder",
    "EncoderError",
    "ModelCorrupt",
    "ModelMissing",
    "has_light_path",
    "load_encoder",
    "neutral_vector",
]


def has_light_path(name_or_path: str | Path) -> bool:
    """Say whether a process without torch can load the model: those of ours, and no other."""
    path = Path(name_or_path)
    return str(name_or_path) == BUNDLED_STATIC or path == BUNDLED_MODEL or is_artefact(path)


def load_encoder(name_or_path: str | Path, *, light: bool) -> Encoder:
    """Return the encoder for a folder, a hub id or BUNDLED_STATIC; `light` asks for the path without torch.

    Both paths give the same vectors to 1e-5. Raises EncoderError if `light` is asked of a model that
    has no light path, ModelMissing or ModelCorrupt if the model cannot be had.
    """
    static_only = str(name_or_path) == BUNDLED_STATIC
    if has_light_path(name_or_path):
        return _load_own(BUNDLED_MODEL if static_only else Path(name_or_path), light, static_only=static_only)
    if light:
        raise EncoderError(
            f"{name_or_path} is not a model of ours, so a light process cannot load it: "
            "send its queries through a process that loads the full path (light=False)."
        )
    from matching.embedding.sbert import load_sentence_transformer

    return load_sentence_transformer(str(name_or_path))


def _load_own(path: Path, light: bool, *, static_only: bool) -> Encoder:
    read_manifest(path)
    if light:
        from matching.embedding.light import load_light

        return load_light(path, static_only=static_only)
    from matching.embedding.sbert import load_own

    return load_own(path, static_only=static_only)
