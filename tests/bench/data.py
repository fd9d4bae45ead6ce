"""Vectors to measure with: clustered ones from a generator, and embeddings of real texts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.embedding import BUNDLED_MODEL, load_encoder
from matching.embedding.artefact import read_manifest

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "var" / "bench"
# Texts of the project itself, and the training corpus where its first stage has been run.
TEXTS = (
    ("platform/mawsim/taxonomy/data/labels", "*.tsv"),
    ("matching/training/domain/concepts", "*.tsv"),
    ("tests/matching/data", "*.tsv"),
    ("tests/matching/data", "*.jsonl"),
    ("var/training/pairs", "*.txt"),
)
QUERIES = 1_000
# A transformer reads some hundred texts a second, a static model ten thousand.
TEXTS_AT_MOST = {"static": 1_100_000, "transformer": 60_000}
_NEIGHBOURS = 16
# What a listing's vector is made of: title, summary and body (mawsim.matches.documents.WEIGHTS).
_RECIPE = (0.40, 0.35, 0.25)
_NOISE = 0.02

Floats = NDArray[np.float32]


class Collection(NamedTuple):
    """Unit vectors (n, d), queries (q, d) that are none of them, and which of the queries (q,) are real."""

    vectors: Floats
    queries: Floats
    is_real: NDArray[np.bool_]


def load(n: int, kind: str = "mixed", seed: int = 20261122) -> Collection:
    """Return `n` vectors: "real", "synthetic", or "mixed", which is half and half, shuffled."""
    real = {"real": n, "synthetic": 0, "mixed": n // 2}[kind]
    real_queries = QUERIES * real // n
    encoded, asked = _embeddings(real, real_queries, seed)
    made, asked_made = clusters(n - real, encoded.shape[1], QUERIES - real_queries, seed)
    draw = np.random.default_rng(seed)
    order, asking = draw.permutation(n), draw.permutation(QUERIES)
    vectors = np.concatenate([encoded, made])[order]
    queries = np.concatenate([asked, asked_made])[asking]
    return Collection(vectors, queries, asking < real_queries)


def clusters(n: int, dimension: int, queries: int, seed: int) -> tuple[Floats, Floats]:
    """Return points around centres of unequal popularity, as topics have, and queries near such points."""
    draw = np.random.default_rng(seed)
    count = max(16, n // 200)
    centres = draw.standard_normal((count, dimension), dtype=np.float32)
    popularity = 1 / np.arange(1, count + 1) ** 0.7
    chosen = draw.choice(count, n + queries, p=popularity / popularity.sum())
    points = centres[chosen] + 0.7 * draw.standard_normal((n + queries, dimension), dtype=np.float32)
    points = _unit(points)
    return points[:n], points[n:]


def _embeddings(n: int, queries: int, seed: int) -> tuple[Floats, Floats]:
    """Return vectors of texts and, where these run out, of listings made of them; queries stay out."""
    encoded = _encoded(n + queries, seed)
    asked, known = encoded[:queries], encoded[queries:]
    if len(known) >= n:
        return known[:n], asked
    return np.concatenate([known, _listings(known, n - len(known), seed)]), asked


def _listings(known: Floats, n: int, seed: int) -> Floats:
    """Return listings of three texts each, a text and two of its neighbours, with a little noise."""
    draw = np.random.default_rng(seed)
    title = draw.integers(0, len(known), n)
    near = _neighbours(known)
    mixed = _RECIPE[0] * known[title]
    for weight in _RECIPE[1:]:
        mixed += weight * known[near[title, draw.integers(0, _NEIGHBOURS, n)]]
    mixed += _NOISE * draw.standard_normal((n, known.shape[1]), dtype=np.float32)
    return _unit(mixed)


def _neighbours(known: Floats) -> NDArray[np.int64]:
    """Return for each text (m, d) its nearest others (m, `_NEIGHBOURS`), nearly enough."""
    import faiss

    index = faiss.IndexHNSWFlat(known.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
    index.add(known)
    return index.search(known, _NEIGHBOURS + 1)[1][:, 1:]


def _encoded(count: int, seed: int) -> Floats:
    """Return the vectors of up to `count` distinct texts in random order; kept on the disk."""
    kind = "transformer" if read_manifest(BUNDLED_MODEL).layers else "static"
    encoder = load_encoder(BUNDLED_MODEL, light=kind == "static")
    texts = sorted(set(_texts()))
    np.random.default_rng(seed).shuffle(texts)
    texts = texts[: min(count, TEXTS_AT_MOST[kind])]
    digest = hashlib.sha256("\n".join([encoder.name, *texts]).encode()).hexdigest()
    path = WORK / f"embeddings-{digest[:16]}.npy"
    if not path.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        rows = [encoder.encode(texts[start : start + 5_000]) for start in range(0, len(texts), 5_000)]
        partial = path.with_suffix(".partial.npy")
        np.save(partial, np.concatenate([np.empty((0, encoder.dimension), np.float32), *rows]))
        partial.replace(path)
    return np.load(path)


def _texts() -> Iterator[str]:
    for folder, pattern in TEXTS:
        for path in sorted((ROOT / folder).glob(pattern)):
            for line in path.read_text(encoding="utf-8").split("\n"):
                yield from filter(None, map(str.strip, line.replace("|", "\t").split("\t")))


def _unit(rows: Floats) -> Floats:
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows
