"""What the rest of the project knows of an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from matching.errors import MatchingError


class EncoderError(MatchingError):
    """An encoder cannot be had or used; the message says what to do."""


class ModelMissing(EncoderError):
    """The folder or name holds no model."""


class ModelCorrupt(EncoderError):
    """The model's files are damaged, incomplete or inconsistent."""


class Encoder(Protocol):
    """Turns texts into unit vectors whose dot product says how alike their meanings are.

    `name` is stable and differs whenever the vectors would: vectors of two names must not be compared.
    """

    @property
    def name(self) -> str:
        """Model id with version and content hash, e.g. `mawsim-v3@1f2e3d4c5b6a`."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 (len(texts), dimension) with finite rows of length 1, whatever the texts are.

        A text without meaning for the model (empty, blank, emoji only) gives `neutral_vector`.
        """


def neutral_vector(dimension: int) -> np.ndarray:
    """Return the unit vector that stands for "says nothing": the same for every model of a dimension."""
    return np.full(dimension, dimension**-0.5, dtype=np.float32)


def to_unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Return float32 rows of length 1; rows that are zero or not finite become the neutral vector."""
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    usable = np.isfinite(lengths) & (lengths > 1e-12)
    vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=usable)
    vectors[~usable[:, 0]] = neutral_vector(vectors.shape[1])
    return vectors
