"""Vectors as the index stores them: normalised here and nowhere else, in 16-bit fixed point.

A unit vector's components lie in [-1, 1], so 16 bits of fixed point lose less than a half-precision float
does where it matters, at half of float32's size. What is gained is exactness: the inner product of two such
vectors is a sum of integers that float64 holds without rounding, in whatever order it is added. Every
implementation therefore returns the same score to the last bit, and equal vectors tie exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.errors import DimensionMismatch, InvalidVector

Fixed = NDArray[np.int16]

SCALE = 32_767
_LEAST_SQUARES = 1e-200


def to_fixed(vectors: ArrayLike, dimension: int) -> Fixed:
    """Return `vectors`, shape (n, dimension), normalised to length one, as int16 of the same shape.

    Raises `DimensionMismatch` for another shape, `InvalidVector` for NaN, infinity or a zero vector.
    """
    floats = np.asarray(vectors, dtype=np.float64)
    if floats.ndim != 2 or floats.shape[1] != dimension:
        raise DimensionMismatch(f"expected shape (n, {dimension}), got {floats.shape}")
    squares = np.einsum("ij,ij->i", floats, floats)
    if ((squares > _LEAST_SQUARES) & (squares < 1 / _LEAST_SQUARES)).all():
        return np.rint(floats * (SCALE / np.sqrt(squares))[:, None]).astype(np.int16)
    # Dividing by the largest component first keeps the squares of huge and tiny vectors in range.
    peak = np.abs(floats).max(axis=1, keepdims=True, initial=0.0)
    if not (np.isfinite(peak) & (peak > 0)).all():
        raise InvalidVector("a vector holds NaN or infinity, or is zero")
    floats = floats / peak
    floats /= np.linalg.norm(floats, axis=1, keepdims=True)
    fixed: Fixed = np.rint(floats * SCALE).astype(np.int16)
    return fixed


def to_float(fixed: Fixed) -> NDArray[np.float32]:
    """Return stored vectors as float32 of (very nearly) unit length, same shape."""
    return fixed.astype(np.float32) / np.float32(SCALE)


def exact_scores(fixed: Fixed, query: NDArray[np.signedinteger[Any]]) -> NDArray[np.float64]:
    """Return the inner products, shape (n,), of rows (n, d) with one query (d,): exact, about [-1, 1]."""
    return fixed.astype(np.float64) @ query.astype(np.float64) / SCALE**2
