"""What a model would gain if its vectors were measured from the middle of the field's texts.

Texts of one trade share much ("our firm seeks a partner who"), and so do their vectors; less of that common
part leaves more of what tells them apart. It is the same vector for every language and for queries and
documents, so nothing has to know a text's language.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from matching.embedding import Encoder, neutral_vector
from matching.embedding.base import to_unit_rows
from matching.evaluate.reading import InputError


class CentredEncoder:
    """An encoder less `share` of `centre`, a vector of its dimension; neutral vectors stay what they are."""

    def __init__(self, encoder: Encoder, centre: np.ndarray, share: float) -> None:
        self._encoder, self._shift = encoder, (share * centre).astype(np.float32)
        self.name = f"{encoder.name}-centred@{hashlib.sha256(self._shift.tobytes()).hexdigest()[:12]}"
        self.dimension = encoder.dimension

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 (len(texts), dimension), rows of length 1."""
        vectors = self._encoder.encode(texts)
        silent = (vectors == neutral_vector(self.dimension)).all(axis=1)
        return np.where(silent[:, None], vectors, to_unit_rows(vectors - self._shift))


def find_centre(encoder: Encoder, texts: Mapping[str, Sequence[str]]) -> np.ndarray:
    """Return the mean (dimension,) over the languages of the mean of each one's texts."""
    return np.mean([encoder.encode(list(rows)).mean(axis=0) for rows in texts.values()], axis=0)


def read_sample(paths: Sequence[Path]) -> dict[str, list[str]]:
    """Return {language: texts} of JSONL files with `lang` and `text`. Raises InputError."""
    sample: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        try:
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                sample[row["lang"]].append(row["text"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: lines with 'lang' and 'text' are needed ({error!r})") from None
    return sample
