"""Texts to vectors. `load_encoder` is the only door: nobody else decides which implementation runs."""

from __future__ import annotations

from pathlib import Path

from matching.embedding.artefact import is_static_artefact, read_manifest
from matching.embedding.base import Encoder, EncoderError, ModelCorrupt, ModelMissing, neutral_vector

BUNDLED_MODEL = Path(__file__).resolve().parent.parent / "models" / "static-v2"

__all__ = [
    "BUNDLED_MODEL",
    "Encoder",
    "EncoderError",
    "ModelCorrupt",
    "ModelMissing",
    "load_encoder",
    "neutral_vector",
]


def load_encoder(name_or_path: str | Path, *, light: bool) -> Encoder:
    """Return the encoder for a folder or hub id; `light` asks for the path that needs no torch.

    Both paths give the same vectors to 1e-5. Raises EncoderError if `light` is asked of a model that
    has no light path, ModelMissing or ModelCorrupt if the model cannot be had.
    """
    path = Path(name_or_path)
    if path == BUNDLED_MODEL or is_static_artefact(path):
        return _load_static(path, light=light)
    if light:
        raise EncoderError(
            f"{name_or_path} is not a static model, so a light process cannot load it: "
            "send its queries through a process that loads the full path (light=False)."
        )
    from matching.embedding.sbert import load_sentence_transformer

    return load_sentence_transformer(str(name_or_path))


def _load_static(path: Path, *, light: bool) -> Encoder:
    read_manifest(path)
    if light:
        from matching.embedding.light import load_light

        return load_light(path)
    from matching.embedding.sbert import load_sentence_transformer

    return load_sentence_transformer(str(path))
