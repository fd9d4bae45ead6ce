"""The numbers of a model of ours, read once for both of its paths.

Tables stay int8 and memory-mapped, shared by all processes; the small body becomes float32.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from matching.embedding import artefact
from matching.embedding.base import ModelCorrupt


@dataclass(frozen=True, slots=True)
class Table:
    """int8 rows (pieces, width) with one float32 scale each."""

    rows: np.ndarray
    scales: np.ndarray

    def take(self, ids: np.ndarray) -> np.ndarray:
        """Return the float32 rows of the ids."""
        return self.rows[ids].astype(np.float32) * self.scales[ids, None]


@dataclass(frozen=True, slots=True)
class Linear:
    """weight float32 (inputs, outputs), bias float32 (outputs)."""

    weight: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True, slots=True)
class Norm:
    """Scale and shift of a layer normalisation."""

    weight: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True, slots=True)
class Layer:
    """One transformer layer, normalised after each half (as in BERT)."""

    query: Linear
    key: Linear
    value: Linear
    attention: Linear
    inner: Linear
    outer: Linear
    attention_norm: Norm
    outer_norm: Norm


@dataclass(frozen=True, slots=True)
class Body:
    """The transformer branch; `positions` (longest, width) include the constant segment vector."""

    pieces: Table
    positions: np.ndarray
    norm: Norm
    layers: tuple[Layer, ...]
    heads: int
    window: int
    share: float


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything that a path needs; `body` is None for the static branch alone."""

    manifest: artefact.Manifest
    tokenizer: Tokenizer
    static: Table
    body: Body | None


def read_weights(path: Path, *, static_only: bool = False) -> Weights:
    """Return the checked weights of a model folder. Raises ModelMissing or ModelCorrupt."""
    manifest = artefact.verify(path)
    tensors = map_safetensors(path / artefact.STATIC)
    tokenizer = _read_tokenizer(path / artefact.TOKENIZER, manifest)
    try:
        static = _read_table(tensors, "static", (manifest.vocabulary, manifest.dimension))
        body = None if static_only or not manifest.layers else _read_body(path, manifest)
    except KeyError as error:
        raise ModelCorrupt(f"{path}: the weights lack {error}.") from None
    except ValueError as error:
        raise ModelCorrupt(f"{path}: {error}") from None
    return Weights(manifest, tokenizer, static, body)


def _read_tokenizer(path: Path, manifest: artefact.Manifest) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise ModelCorrupt(f"{path}: {error}") from None
    if tokenizer.get_vocab_size() != manifest.vocabulary:
        raise ModelCorrupt(f"{path.parent}: the tokenizer does not have {manifest.vocabulary} pieces.")
    # `normalise` has done more already; doing it twice would only cost time.
    tokenizer.normalizer = None
    return tokenizer


def _read_table(tensors: dict[str, np.ndarray], name: str, shape: tuple[int, int]) -> Table:
    rows, scales = tensors[f"{name}.rows"], tensors[f"{name}.scales"]
    if rows.shape != shape or scales.shape != shape[:1]:
        raise ValueError(f"{name} does not have the manifest's shape {shape}.")
    return Table(rows, np.array(scales))


def _read_body(path: Path, manifest: artefact.Manifest) -> Body:
    tensors = map_safetensors(path / artefact.PIECES) | map_safetensors(path / artefact.BODY)
    pieces = _read_table(tensors, "pieces", (manifest.vocabulary + 3, manifest.dimension))
    return Body(
        pieces=pieces,
        positions=np.array(tensors["positions"]),
        norm=_read_norm(tensors, "norm"),
        layers=tuple(_read_layer(tensors, f"layers.{number}") for number in range(manifest.layers)),
        heads=manifest.heads,
        window=manifest.window,
        share=manifest.share,
    )


def _read_layer(tensors: dict[str, np.ndarray], name: str) -> Layer:
    return Layer(
        query=_read_linear(tensors, f"{name}.query"),
        key=_read_linear(tensors, f"{name}.key"),
        value=_read_linear(tensors, f"{name}.value"),
        attention=_read_linear(tensors, f"{name}.attention"),
        inner=_read_linear(tensors, f"{name}.inner"),
        outer=_read_linear(tensors, f"{name}.outer"),
        attention_norm=_read_norm(tensors, f"{name}.attention_norm"),
        outer_norm=_read_norm(tensors, f"{name}.outer_norm"),
    )


def _read_linear(tensors: dict[str, np.ndarray], name: str) -> Linear:
    weight = tensors[f"{name}.rows"].astype(np.float32) * tensors[f"{name}.scales"][:, None]
    return Linear(np.ascontiguousarray(weight.T), np.array(tensors[f"{name}.bias"]))


def _read_norm(tensors: dict[str, np.ndarray], name: str) -> Norm:
    return Norm(np.array(tensors[f"{name}.weight"]), np.array(tensors[f"{name}.bias"]))


def map_safetensors(path: Path) -> dict[str, np.ndarray]:
    """Return read-only arrays that are views of the memory-mapped file, so that nothing is copied."""
    types = {"I8": np.int8, "F32": np.float32}
    data = np.memmap(path, dtype=np.uint8, mode="r")
    try:
        (length,) = struct.unpack("<Q", data[:8].tobytes())
        header = json.loads(data[8 : 8 + length].tobytes())
        arrays = {}
        for name, entry in header.items():
            if name != "__metadata__":
                start, end = (8 + length + offset for offset in entry["data_offsets"])
                arrays[name] = data[start:end].view(types[entry["dtype"]]).reshape(entry["shape"])
        return arrays
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise ModelCorrupt(f"{path} is not a readable safetensors file ({error!r}).") from None
