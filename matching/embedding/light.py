"""A model of ours through tokenizers and numpy alone, for processes that must stay light."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from matching.embedding.base import to_unit_rows
from matching.embedding.pieces import cut, make_windows
from matching.embedding.weights import Body, Layer, Linear, Norm, Weights, read_weights

EPSILON = 1e-12
_GELU = np.float32((2 / np.pi) ** 0.5)


class LightEncoder:
    """The static branch (a mean of rows), and beside it the transformer branch where the model has one."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._name = name_of(weights)

    @property
    def name(self) -> str:
        """Model id with version and content hash."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self._weights.static.rows.shape[1])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 (len(texts), dimension), rows of length 1; never raises on any text."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        static, body = self._weights.static, self._weights.body
        for number, ids in enumerate(cut(self._weights.tokenizer, texts) if texts else ()):
            known = static.scales[ids] @ static.rows[ids].astype(np.float32)
            # A text without any known piece says nothing to the other branch either.
            if body is None or not known.any():
                vectors[number] = known
            else:
                vectors[number] = blend(known, read(body, ids), body.share)
        return to_unit_rows(vectors)


def name_of(weights: Weights) -> str:
    """Return the model's name; the static branch alone makes other vectors, so it has another name."""
    alone = weights.manifest.layers and weights.body is None
    return weights.manifest.name.replace("@", "-static@") if alone else weights.manifest.name


def blend(static: np.ndarray, context: np.ndarray, share: float) -> np.ndarray:
    """Return the sum of the two branches' unit vectors, `share` of it from the transformer."""
    both = static / np.linalg.norm(static), context / np.linalg.norm(context)
    return (1 - share) * both[0] + share * both[1]


def read(body: Body, ids: np.ndarray) -> np.ndarray:
    """Return the transformer's vector (dimension,) of a text's pieces: the mean over all its windows."""
    total = np.zeros(body.positions.shape[1], dtype=np.float32)
    for window in make_windows(ids, body.window, len(body.pieces.rows) - 3):
        total += _run(body, window).sum(axis=0)
    return total


def _run(body: Body, ids: np.ndarray) -> np.ndarray:
    hidden = _normalise(body.pieces.take(ids) + body.positions[: len(ids)], body.norm)
    for layer in body.layers:
        hidden = _advance(layer, hidden, body.heads)
    return hidden


def _advance(layer: Layer, hidden: np.ndarray, heads: int) -> np.ndarray:
    length, width = hidden.shape
    query, key, value = (
        _apply(part, hidden).reshape(length, heads, -1).transpose(1, 0, 2)
        for part in (layer.query, layer.key, layer.value)
    )
    scores = query @ key.transpose(0, 2, 1) / np.float32((width // heads) ** 0.5)
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
    attended = _apply(layer.attention, mixed.transpose(1, 0, 2).reshape(length, width))
    hidden = _normalise(hidden + attended, layer.attention_norm)
    return _normalise(hidden + _apply(layer.outer, _gelu(_apply(layer.inner, hidden))), layer.outer_norm)


def _apply(linear: Linear, hidden: np.ndarray) -> np.ndarray:
    return hidden @ linear.weight + linear.bias


def _gelu(values: np.ndarray) -> np.ndarray:
    """Return the usual approximation by tanh: numpy has no error function."""
    inner = _GELU * (values + np.float32(0.044715) * values * values * values)
    return np.float32(0.5) * values * (1 + np.tanh(inner))


def _normalise(hidden: np.ndarray, norm: Norm) -> np.ndarray:
    centred = hidden - hidden.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(EPSILON))
    return centred / spread * norm.weight + norm.bias


def load_light(path: Path, *, static_only: bool = False) -> LightEncoder:
    """Load a model folder. Raises ModelMissing or ModelCorrupt; a damaged file is never served."""
    return LightEncoder(read_weights(path, static_only=static_only))
