"""The transformer: a deep encoder, a shallow decoder (it runs once a token), one table of embeddings.

Layer norms come first, positions are sinusoidal, the feed-forward uses ReLU: what CTranslate2 runs fastest.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import NeuralConfig


class Attention(nn.Module):
    """Multi-head attention of `states` (rows, q, d) over `memory` (rows, k, d)."""

    def __init__(self, dimension: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(dimension, dimension) for _ in range(4))

    def forward(
        self, states: Tensor, memory: Tensor, mask: Tensor | None = None, *, causal: bool = False
    ) -> Tensor:
        """Return (rows, q, d); where `mask` (rows, k) is false, nothing is looked at."""
        query, key, value = (
            self._split(layer(given))
            for layer, given in ((self.query, states), (self.key, memory), (self.value, memory))
        )
        shown = mask[:, None, None, :] if mask is not None else None
        found = functional.scaled_dot_product_attention(query, key, value, attn_mask=shown, is_causal=causal)
        joined: Tensor = self.output(found.transpose(1, 2).flatten(2))
        return joined

    def _split(self, states: Tensor) -> Tensor:
        return states.unflatten(2, (self.heads, -1)).transpose(1, 2)


class FeedForward(nn.Module):
    def __init__(self, dimension: int, inner: int) -> None:
        super().__init__()
        self.inner, self.outer = nn.Linear(dimension, inner), nn.Linear(inner, dimension)

    def forward(self, states: Tensor) -> Tensor:
        found: Tensor = self.outer(functional.relu(self.inner(states)))
        return found


class Layer(nn.Module):
    """One layer of the encoder or, with `crossing`, of the decoder."""

    def __init__(self, config: NeuralConfig, *, crossing: bool) -> None:
        super().__init__()
        size = config.dimension
        self.self_norm, self.self_attention = nn.LayerNorm(size), Attention(size, config.heads)
        self.cross_norm = nn.LayerNorm(size) if crossing else None
        self.cross_attention = Attention(size, config.heads) if crossing else None
        self.feed_norm, self.feed = nn.LayerNorm(size), FeedForward(size, config.feed_forward)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, states: Tensor, mask: Tensor, memory: Tensor | None = None) -> Tensor:
        """Encoder: `mask` is that of the states. Decoder: it is that of the memory, the states see back."""
        normed = self.self_norm(states)
        crossing = self.cross_attention is not None
        looked = self.self_attention(normed, normed, None if crossing else mask, causal=crossing)
        states = states + self.dropout(looked)
        if self.cross_attention is not None and self.cross_norm is not None and memory is not None:
            states = states + self.dropout(self.cross_attention(self.cross_norm(states), memory, mask))
        changed: Tensor = states + self.dropout(self.feed(self.feed_norm(states)))
        return changed


class Transformer(nn.Module):
    """Tokens in, scores of the next tokens out. The embeddings are also the output layer."""

    positions: Tensor

    def __init__(self, config: NeuralConfig, vocabulary: int, pad: int) -> None:
        super().__init__()
        self.pad = pad
        self.embedding = nn.Embedding(vocabulary, config.dimension)
        self.register_buffer("positions", sinusoids(config.positions, config.dimension), persistent=False)
        self.dropout = nn.Dropout(config.dropout)
        self.encoder = nn.ModuleList(Layer(config, crossing=False) for _ in range(config.encoder_layers))
        self.encoder_norm = nn.LayerNorm(config.dimension)
        self.decoder = nn.ModuleList(Layer(config, crossing=True) for _ in range(config.decoder_layers))
        self.decoder_norm = nn.LayerNorm(config.dimension)
        self._initialise(config.dimension)

    def _initialise(self, dimension: int) -> None:
        nn.init.normal_(self.embedding.weight, std=dimension**-0.5)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def embed(self, tokens: Tensor) -> Tensor:
        """Return (rows, length, d) of (rows, length) ids."""
        scaled = self.embedding(tokens) * math.sqrt(self.embedding.embedding_dim)
        embedded: Tensor = self.dropout(scaled + self.positions[: tokens.shape[1]])
        return embedded

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor]:
        """Return (memory (rows, s, d), mask (rows, s)) of padded source ids."""
        mask, states = source != self.pad, self.embed(source)
        for layer in self.encoder:
            states = layer(states, mask)
        return self.encoder_norm(states), mask

    def decode(self, target: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Return the states (rows, t, d) after each target token; padding stands on the right."""
        states = self.embed(target)
        for layer in self.decoder:
            states = layer(states, mask, memory)
        normed: Tensor = self.decoder_norm(states)
        return normed

    def score(self, states: Tensor) -> Tensor:
        """Return the scores (..., vocabulary) of the next token."""
        return functional.linear(states, self.embedding.weight)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Return the scores (n, vocabulary) of the tokens after <s> that are no padding, row by row."""
        states = self.decode(target[:, :-1], *self.encode(source))
        return self.score(states[target[:, 1:] != self.pad])


def sinusoids(length: int, dimension: int) -> Tensor:
    """Return the position encodings (length, dimension) of "Attention Is All You Need"."""
    half = torch.arange(dimension // 2) * (-math.log(10_000) / (dimension // 2))
    angles = torch.arange(length)[:, None] * torch.exp(half)[None, :]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def has_fast_bfloat16() -> bool:
    """Say whether this machine multiplies bfloat16 matrices in hardware (a GPU, or a CPU with AMX)."""
    has_amx = getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)()
    return bool(has_amx or torch.cuda.is_available())
