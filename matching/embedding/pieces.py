"""How a text is cut for a model of ours: the same for both of its paths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from matching.text import normalise

MAX_PIECES = 4_096
"""What the static branch reads of a text; beyond it, float32 sums drift with the order of addition."""
MAX_CONTEXT_PIECES = 1_024
"""What the transformer branch reads of a text: a listing of 4,000 characters."""


def cut(tokenizer: Tokenizer, texts: Sequence[str]) -> list[np.ndarray]:
    """Return the piece ids of each normalised text."""
    prepared = [normalise(text) for text in texts]
    if len(prepared) == 1:
        encodings = [tokenizer.encode(prepared[0], add_special_tokens=False)]
    else:
        encodings = tokenizer.encode_batch_fast(prepared, add_special_tokens=False)
    return [np.array(encoding.ids[:MAX_PIECES], dtype=np.int64) for encoding in encodings]


def make_windows(ids: np.ndarray, window: int, first_special: int) -> list[np.ndarray]:
    """Return the ids in windows of like length, each between [CLS] and [SEP]; `first_special` is [PAD]."""
    ids = ids[:MAX_CONTEXT_PIECES]
    count = max(1, -(-len(ids) // window))
    opening, closing = np.array([first_special + 1]), np.array([first_special + 2])
    return [np.concatenate([opening, part, closing]) for part in np.array_split(ids, count)]
