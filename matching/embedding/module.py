"""A model of ours as a module of sentence-transformers, for workers that embed in bulk."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from sentence_transformers.base.modules.input_module import InputModule
from torch import Tensor, nn
from torch.nn import functional

from matching.embedding.light import EPSILON, name_of
from matching.embedding.pieces import cut, make_windows
from matching.embedding.weights import Body, Layer, Linear, Norm, Table, Weights, read_weights

WINDOWS_AT_ONCE = 64


class TwoBranch(InputModule):
    """The mean of static rows, blended with a BERT-like transformer over the same pieces."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.weights = weights
        self.name = name_of(weights)
        self.context = None if weights.body is None else _Context(weights.body)

    @classmethod
    def load(cls, model_name_or_path: str, **options: Any) -> Self:  # type: ignore[override]
        """Load a model folder, as SentenceTransformer asks its modules to."""
        return cls(read_weights(Path(model_name_or_path)))

    def save(self, output_path: str, *arguments: Any, **options: Any) -> None:
        """Refuse: the folder is written by `python -m matching.training export` alone."""
        raise NotImplementedError("Write the model with `python -m matching.training export`.")

    def get_embedding_dimension(self) -> int:
        """Return the length of every vector."""
        return int(self.weights.static.rows.shape[1])

    def preprocess(self, inputs: Any, prompt: str | None = None, **options: Any) -> dict[str, Any]:
        """Return the pieces of the texts."""
        return {"pieces": cut(self.weights.tokenizer, inputs)}

    def forward(self, features: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Add `sentence_embedding` (texts, dimension), not yet of length 1."""
        texts: list[np.ndarray] = features["pieces"]
        vectors = torch.from_numpy(np.stack([_add_rows(self.weights.static, ids) for ids in texts]))
        if self.context is not None:
            known = vectors.abs().sum(1, keepdim=True) > 0
            # A text without any known piece says nothing to the other branch either.
            vectors = torch.where(known, self.context.blend(vectors, texts), vectors)
        features["sentence_embedding"] = vectors
        return features


class _Context(nn.Module):
    """The transformer branch."""

    def __init__(self, body: Body) -> None:
        super().__init__()
        self.body = body
        self.layers = nn.ModuleList(map(_Layer, body.layers))

    def blend(self, static: Tensor, texts: list[np.ndarray]) -> Tensor:
        """Return the sum of the two branches' unit vectors, `share` of it from here."""
        share = self.body.share
        context = functional.normalize(self.read(texts), dim=1, eps=EPSILON)
        return (1 - share) * functional.normalize(static, dim=1, eps=EPSILON) + share * context

    def read(self, texts: list[np.ndarray]) -> Tensor:
        """Return (texts, dimension): the sum over all windows of a text."""
        padding = len(self.body.pieces.rows) - 3
        windows = [
            (number, part)
            for number, ids in enumerate(texts)
            for part in make_windows(ids, self.body.window, padding)
        ]
        windows.sort(key=lambda window: len(window[1]))
        totals = torch.zeros(len(texts), self.body.positions.shape[1])
        for start in range(0, len(windows), WINDOWS_AT_ONCE):
            batch = windows[start : start + WINDOWS_AT_ONCE]
            owners = torch.tensor([number for number, _ in batch])
            totals.index_add_(0, owners, self._run([ids for _, ids in batch], padding))
        return totals

    def _run(self, windows: list[np.ndarray], padding: int) -> Tensor:
        body = self.body
        ids = np.full((len(windows), max(map(len, windows))), padding)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = window
        mask = torch.from_numpy(ids != padding)
        taken = body.pieces.take(ids.ravel()).reshape(*ids.shape, -1) + body.positions[: ids.shape[1]]
        norm = torch.from_numpy(body.norm.weight), torch.from_numpy(body.norm.bias)
        hidden = functional.layer_norm(torch.from_numpy(taken), taken.shape[2:], *norm, EPSILON)
        for layer in self.layers:
            hidden = layer(hidden, mask, body.heads)
        return (hidden * mask.unsqueeze(2)).sum(1)


class _Layer(nn.Module):
    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.query, self.key, self.value = map(_linear, (layer.query, layer.key, layer.value))
        self.attention, self.inner, self.outer = map(_linear, (layer.attention, layer.inner, layer.outer))
        self.attention_norm, self.outer_norm = map(_norm, (layer.attention_norm, layer.outer_norm))

    def forward(self, hidden: Tensor, mask: Tensor, heads: int) -> Tensor:
        """Return the next hidden states (windows, length, width)."""
        windows, length, width = hidden.shape
        query, key, value = (
            part(hidden).view(windows, length, heads, -1).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        scores = query @ key.transpose(2, 3) / (width // heads) ** 0.5
        mixed = scores.masked_fill(~mask[:, None, None, :], float("-inf")).softmax(-1) @ value
        attended = self.attention(mixed.transpose(1, 2).reshape(windows, length, width))
        hidden = self.attention_norm(hidden + attended)
        inner = functional.gelu(self.inner(hidden), approximate="tanh")
        return self.outer_norm(hidden + self.outer(inner))


def _linear(source: Linear) -> nn.Linear:
    linear = nn.Linear(*source.weight.shape)
    linear.weight.data = torch.from_numpy(np.ascontiguousarray(source.weight.T))
    linear.bias.data = torch.from_numpy(source.bias)
    return linear


def _norm(source: Norm) -> nn.LayerNorm:
    norm = nn.LayerNorm(len(source.weight), eps=EPSILON)
    norm.weight.data, norm.bias.data = torch.from_numpy(source.weight), torch.from_numpy(source.bias)
    return norm


def _add_rows(table: Table, ids: np.ndarray) -> np.ndarray:
    return table.scales[ids] @ table.rows[ids].astype(np.float32)
