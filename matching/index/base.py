"""The contract of every vector index: what is stored, what is asked, what comes back in which order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matching.errors import MatchingError
from matching.index.attributes import Attributes, AttributeTable, Filter
from matching.index.rows import Hit, Ids, Rows, as_ids
from matching.index.vectors import Fixed, to_fixed, to_float

__all__ = ["AttributeTable", "Attributes", "Batch", "Filter", "Hit", "VectorIndex"]


class Batch(NamedTuple):
    """Listings to be stored: n ids, vectors (n, d) of any length, n rows of attributes."""

    ids: Iterable[int]
    vectors: ArrayLike
    attributes: Sequence[Attributes] | AttributeTable


class VectorIndex(ABC):
    """Listings by id, each with one vector and its attributes, searched by inner product.

    This class checks and normalises everything that comes in; an implementation sees vectors in fixed
    point only (see `vectors`), so all of them return the same scores. Hits are sorted by descending
    score, then by ascending id. An index may be read by many threads while one writes.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.fault: MatchingError | None = None
        """Why the index is not what it should be, for the health page; None when all is well."""

    def upsert(
        self, ids: Iterable[int], vectors: ArrayLike, attributes: Sequence[Attributes] | AttributeTable
    ) -> None:
        """Add listings, or replace those whose id is known: all or, on an error, none.

        `vectors` has shape (n, d) and any length; of an id given twice the last wins. Raises
        `DimensionMismatch`, `InvalidVector` or `InvalidAttribute`.
        """
        self._upsert(Rows.pack(ids, vectors, attributes, self.dimension))

    def remove(self, ids: Iterable[int]) -> None:
        """Forget listings; unknown ids are no error."""
        self._remove(as_ids(ids))

    def search(self, query: ArrayLike, k: int, where: Filter | None = None) -> list[Hit]:
        """Return the best k listings for one query (d,) that pass the filter, fewer if there are fewer.

        Raises `DimensionMismatch` or `InvalidVector`, and `ValueError` for a negative k.
        """
        return self.search_many(np.asarray(query)[None], k, where)[0]

    def search_many(self, queries: ArrayLike, k: int, where: Filter | None = None) -> list[list[Hit]]:
        """Return one list of hits per query, shape (q, d), all under the same filter; as `search`."""
        if k < 0:
            raise ValueError("k must not be negative")
        return self._search(to_fixed(queries, self.dimension), k, where)

    def vectors(self, ids: Iterable[int]) -> dict[int, NDArray[np.float32]]:
        """Return the unit vectors (d,) of the given listings; unknown ids are left out."""
        found = self._find(as_ids(ids))
        return dict(zip(found.ids.tolist(), to_float(found.vectors), strict=True))

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def _upsert(self, rows: Rows) -> None: ...

    @abstractmethod
    def _remove(self, ids: Ids) -> None: ...

    @abstractmethod
    def _search(self, queries: Fixed, k: int, where: Filter | None) -> list[list[Hit]]: ...

    @abstractmethod
    def _find(self, ids: Ids) -> Rows: ...
