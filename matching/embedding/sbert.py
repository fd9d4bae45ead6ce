"""Any sentence-transformers model, those of ours included. Imports torch when a model is loaded."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from matching.embedding.base import EncoderError, ModelCorrupt, ModelMissing, to_unit_rows
from matching.embedding.weights import read_weights
from matching.text import MAX_CHARS

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 64
OWN_BATCH = 512


class SentenceTransformerEncoder:
    """A sentence-transformers model behind the `Encoder` contract."""

    def __init__(self, name: str, model: SentenceTransformer, *, batch: int = BATCH) -> None:
        self._name, self._model, self._batch = name, model, batch
        self._dimension = int(model.get_embedding_dimension() or 0)

    @property
    def name(self) -> str:
        """Model id with version and content hash."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 (len(texts), dimension), rows of length 1. Raises EncoderError."""
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        try:
            vectors = self._model.encode(
                list(map(clean, texts)),
                batch_size=self._batch,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        except (RuntimeError, ValueError) as error:
            raise EncoderError(f"{self._name} failed on {len(texts)} texts: {error}") from error
        return to_unit_rows(vectors)


def clean(text: str) -> str:
    """Return what every tokenizer can read: no unpaired surrogates, at most MAX_CHARS characters."""
    return text[:MAX_CHARS].encode("utf-8", errors="ignore").decode("utf-8")


def load_sentence_transformer(name_or_path: str) -> SentenceTransformerEncoder:
    """Load a hub id (from the local cache unless HF_HUB_OFFLINE=0) or a folder.

    Threads: torch follows OMP_NUM_THREADS, or what the caller gave torch.set_num_threads.
    Raises ModelMissing or ModelCorrupt.
    """
    path = Path(name_or_path)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderError(f"sentence-transformers cannot be imported: {error}") from error
    if path.is_absolute() and not path.is_dir():
        raise ModelMissing(f"No folder {path}: check the configured model.")
    try:
        model = SentenceTransformer(name_or_path)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise _explain(name_or_path, error) from error
    model.eval()
    return SentenceTransformerEncoder(f"{name_or_path}@{_fingerprint(model)}", model)


def load_own(path: Path, *, static_only: bool) -> SentenceTransformerEncoder:
    """Load a model folder of ours. Raises ModelMissing, ModelCorrupt or EncoderError."""
    weights = read_weights(path, static_only=static_only)
    try:
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import Normalize

        from matching.embedding.module import TwoBranch
    except ImportError as error:
        raise EncoderError(f"sentence-transformers cannot be imported: {error}") from error
    module = TwoBranch(weights)
    model = SentenceTransformer(modules=[module, Normalize()], device="cpu")
    model.eval()
    return SentenceTransformerEncoder(module.name, model, batch=OWN_BATCH)


def _explain(name: str, error: Exception) -> EncoderError:
    if Path(name).is_dir():
        return ModelCorrupt(f"{name} is not a readable sentence-transformers model: {error}")
    return ModelMissing(
        f"{name} is neither a folder nor in the local model cache. Fetch it once with HF_HUB_OFFLINE=0, "
        f"or configure a folder. ({error})"
    )


def _fingerprint(model: SentenceTransformer) -> str:
    """Hash what decides the vectors: the shapes and a sample of all weights, and the module list."""
    digest = hashlib.sha256(repr(model).encode())
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key}{tuple(tensor.shape)}{tensor.dtype}".encode())
        digest.update(tensor.detach().flatten()[:: max(1, tensor.numel() // 256)].float().numpy().tobytes())
    return digest.hexdigest()[:12]
