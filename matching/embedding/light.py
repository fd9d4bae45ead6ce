"""The bundled static model through tokenizers and numpy alone, for processes that must stay light."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from matching.embedding import artefact
from matching.embedding.base import ModelCorrupt, to_unit_rows
from matching.text import normalise

BATCH = 256


class LightEncoder:
    """Mean of int8 token rows, each with its own scale; the rows stay in the page cache, shared."""

    def __init__(self, name: str, tokenizer: Tokenizer, rows: np.ndarray, scales: np.ndarray) -> None:
        self._name, self._tokenizer = name, tokenizer
        self._rows, self._scales = rows, scales

    @property
    def name(self) -> str:
        """Model id with version and content hash."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self._rows.shape[1])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 (len(texts), dimension), rows of length 1; never raises on any text."""
        sums = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            batch = [normalise(text) for text in texts[start : start + BATCH]]
            for row, ids in enumerate(self._tokenise(batch), start):
                sums[row] = self._scales[ids] @ self._rows[ids].astype(np.float32)
        return to_unit_rows(sums)

    def _tokenise(self, texts: list[str]) -> Iterator[np.ndarray]:
        if len(texts) == 1:
            yield np.array(self._tokenizer.encode(texts[0], add_special_tokens=False).ids, dtype=np.intp)
            return
        for encoding in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False):
            yield np.array(encoding.ids, dtype=np.intp)


def load_light(path: Path) -> LightEncoder:
    """Load a static model folder. Raises ModelMissing or ModelCorrupt; a damaged file is never served."""
    manifest = artefact.verify(path)
    tensors = map_safetensors(path / artefact.WEIGHTS)
    try:
        tokenizer = Tokenizer.from_file(str(path / artefact.TOKENIZER))
    except Exception as error:
        raise ModelCorrupt(f"{path / artefact.TOKENIZER}: {error}") from None
    # `normalise` has done more already; doing it twice would only cost time.
    tokenizer.normalizer = None
    rows, scales = tensors.get("embeddings"), tensors.get("weights")
    shape = manifest.vocabulary, manifest.dimension
    if rows is None or scales is None or rows.shape != shape or scales.shape != shape[:1]:
        raise ModelCorrupt(f"{path}: the weights do not have the manifest's shape {shape}.")
    if tokenizer.get_vocab_size() != manifest.vocabulary:
        raise ModelCorrupt(f"{path}: the tokenizer does not have {manifest.vocabulary} pieces.")
    return LightEncoder(manifest.name, tokenizer, rows, np.array(scales))


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
