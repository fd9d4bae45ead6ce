"""Top-1 accuracy: does the nearest sentence of the other language say the same?"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from matching.embedding import Encoder
from matching.evaluate.reading import Bitext

ROWS_AT_ONCE = 1_024


def evaluate_bitext(bitext: Bitext, encoder: Encoder) -> dict[str, object]:
    """Return accuracies by ordered pair `from-to`, and their averages to each language.

    Rows in which either side is empty are left out of that pair. Finding another row with the very
    same text counts as right.
    """
    vectors = {lang: encoder.encode(texts) for lang, texts in bitext.columns.items()}
    filled = {lang: np.array([bool(t) for t in texts]) for lang, texts in bitext.columns.items()}
    pairs: dict[str, float | None] = {}
    for source, target in permutations(bitext.columns, 2):
        rows = np.flatnonzero(filled[source] & filled[target])
        texts = [bitext.columns[target][row] for row in rows]
        pairs[f"{source}-{target}"] = top1(vectors[source][rows], vectors[target][rows], texts)
    return {"model": encoder.name, "rows": bitext.rows, "accuracy": pairs, "to": _average(bitext, pairs)}


def top1(queries: np.ndarray, targets: np.ndarray, texts: list[str]) -> float | None:
    """Return the share of rows whose nearest target is their own, or None without rows.

    `queries` and `targets` are unit rows (n, dimension); `texts` the targets' texts.
    """
    if not len(queries):
        return None
    hits = 0
    for start in range(0, len(queries), ROWS_AT_ONCE):
        best = (queries[start : start + ROWS_AT_ONCE] @ targets.T).argmax(axis=1)
        hits += sum(texts[found] == texts[start + row] for row, found in enumerate(best))
    return round(hits / len(queries), 4)


def _average(bitext: Bitext, pairs: dict[str, float | None]) -> dict[str, float]:
    averages = {}
    for target in bitext.columns:
        values = [pairs[f"{source}-{target}"] for source in bitext.columns if source != target]
        known = [value for value in values if value is not None]
        if known:
            averages[target] = round(float(np.mean(known)), 4)
    return averages
