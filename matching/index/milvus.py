"""The same contract over Milvus, for collections that outgrow one machine. Needs the `milvus` extra.

Vectors are stored as the whole numbers that every index here compares, in float32, which holds them exactly.
Milvus proposes; the order and the scores come from the stored numbers, as everywhere else. Where its
answer cannot be told apart from what it left out, because scores tie at the end, it is asked for more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.errors import IndexUnavailable
from matching.index.attributes import SCALARS, SETS, WORD_BITS, Attributes, AttributeTable
from matching.index.base import Filter, Hit, VectorIndex
from matching.index.rows import Ids, Rows
from matching.index.vectors import SCALE, Fixed, exact_scores

_WRITTEN_AT_ONCE = 1_000
# More than this Milvus does not return; beyond it all rows that pass the filter are read.
_MOST = 16_384
_SPARES = 64
_T = TypeVar("_T")


class MilvusIndex(VectorIndex):
    """One Milvus collection, made on first use. Every process may read and write it at the same time.

    `uri` is a server's address, or the path of a file for the embedded milvus-lite (tests, one process).
    `index_type` is Milvus' own: FLAT is exact, HNSW needs memory, DISKANN disks. What was written is found
    at once by every reader (strong consistency). All methods raise `IndexUnavailable` when Milvus fails, and
    `fault` keeps the reason until it answers again.
    """

    def __init__(
        self, uri: str, *, collection: str, dimension: int, token: str = "", index_type: str = "HNSW"
    ) -> None:
        super().__init__(dimension)
        self._collection = collection
        self._index_type = index_type
        self._client = self._call(lambda: self._connect(uri, token))

    def __len__(self) -> int:
        counted = self._call(
            lambda: self._client.query(self._collection, filter="", output_fields=["count(*)"])
        )
        return int(counted[0]["count(*)"])

    def ids(self) -> Ids:
        """Return the ids of all listings, ascending: what a full comparison with the truth needs."""
        found = [row["id"] for row in self._read("", ["id"])]
        return np.array(sorted(found), dtype=np.int64)

    def _connect(self, uri: str, token: str) -> Any:
        from pymilvus import MilvusClient

        client = MilvusClient(uri, token=token)
        if not client.has_collection(self._collection):
            self._create(client)
        return client

    def _create(self, client: Any) -> None:
        from pymilvus import DataType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self.dimension)
        for name in SCALARS:
            schema.add_field(name, DataType.INT64)
        for name, words in SETS.items():
            capacity = words * WORD_BITS
            schema.add_field(name, DataType.ARRAY, element_type=DataType.INT64, max_capacity=capacity)
        params = client.prepare_index_params()
        built = {"M": 16, "efConstruction": 200} if self._index_type == "HNSW" else {}
        params.add_index("vector", index_type=self._index_type, metric_type="IP", params=built)
        client.create_collection(
            self._collection, schema=schema, index_params=params, consistency_level="Strong"
        )

    def _upsert(self, rows: Rows) -> None:
        for start in range(0, len(rows), _WRITTEN_AT_ONCE):
            some = rows.take(np.arange(start, min(start + _WRITTEN_AT_ONCE, len(rows))))
            self._call(partial(self._client.upsert, self._collection, list(_packed(some))))

    def _remove(self, ids: Ids) -> None:
        for start in range(0, len(ids), _WRITTEN_AT_ONCE):
            some = ids[start : start + _WRITTEN_AT_ONCE].tolist()
            self._call(partial(self._client.delete, self._collection, ids=some))

    def _search(self, queries: Fixed, k: int, where: Filter | None) -> list[list[Hit]]:
        condition = _condition(where)
        if condition is None or not k or not len(queries):
            return [[] for _ in queries]
        limit = min(2 * k + _SPARES, _MOST)
        asked = self._ask(queries, limit, condition) if k < _MOST else [[]] * len(queries)
        return [
            self._ranked(query, k, condition, limit, found)
            for query, found in zip(queries, asked, strict=True)
        ]

    def _ranked(
        self, query: Fixed, k: int, condition: str, limit: int, found: list[dict[str, Any]]
    ) -> list[Hit]:
        """Return the best k of the answers, asking for more until none left out can be among them."""
        while k < _MOST:
            hits = _rank(query, found, k)
            if len(found) < limit:
                if self._is_all(len(found), condition):
                    return hits
                break
            if hits and _is_settled(hits[-1].score, found, self.dimension):
                return hits
            if limit == _MOST:
                break
            limit = min(4 * limit, _MOST)
            found = self._ask(query[None], limit, condition)[0]
        return _rank(query, list(self._read(condition, ["id", "vector"])), k)

    def _is_all(self, found: int, condition: str) -> bool:
        """Whether fewer answers than asked for are all that pass; a graph may have lost its way to some.

        Where there are very many, what the graph found has to do.
        """
        if self._index_type == "FLAT":
            return True
        count = self._call(
            lambda: self._client.query(self._collection, filter=condition, output_fields=["count(*)"])
        )[0]["count(*)"]
        return bool(count == found or count > _MOST)

    def _ask(self, queries: Fixed, limit: int, condition: str) -> list[list[dict[str, Any]]]:
        """Return for each query the rows that Milvus proposes, as {id, vector, distance}."""
        params = {"ef": 2 * limit} if self._index_type == "HNSW" else {}
        answers = self._call(
            lambda: self._client.search(
                self._collection,
                data=queries.astype(np.float32).tolist(),
                limit=limit,
                filter=condition,
                output_fields=["vector"],
                search_params={"metric_type": "IP", "params": params},
            )
        )
        return [
            [{**hit["entity"], "id": hit["id"], "distance": hit["distance"]} for hit in one]
            for one in answers
        ]

    def _read(self, condition: str, fields: list[str]) -> Iterator[dict[str, Any]]:
        """Yield every row that passes the condition."""
        pages = self._call(
            lambda: self._client.query_iterator(
                self._collection, filter=condition, output_fields=fields, batch_size=_WRITTEN_AT_ONCE
            )
        )
        while page := self._call(pages.next):
            yield from page
        pages.close()

    def _find(self, ids: Ids) -> Rows:
        distinct = np.unique(ids).tolist()
        found: list[dict[str, Any]] = []
        for start in range(0, len(distinct), _WRITTEN_AT_ONCE):
            some = distinct[start : start + _WRITTEN_AT_ONCE]
            found += self._call(
                partial(self._client.get, self._collection, ids=some, output_fields=["vector"])
            )
        found.sort(key=lambda row: row["id"])
        table = AttributeTable.from_rows([Attributes()]).take(np.zeros(len(found), np.intp))
        return Rows(np.array([row["id"] for row in found], np.int64), self._vectors(found), table)

    def _vectors(self, rows: list[dict[str, Any]]) -> Fixed:
        return _stored(rows) if rows else np.empty((0, self.dimension), np.int16)

    def _call(self, ask: Callable[[], _T]) -> _T:
        from pymilvus.exceptions import MilvusException

        try:
            answer = ask()
        except (MilvusException, OSError) as error:
            self.fault = IndexUnavailable(f"Milvus: {error}")
            raise self.fault from error
        self.fault = None
        return answer


def _packed(rows: Rows) -> Iterator[dict[str, Any]]:
    """Yield rows as Milvus takes them."""
    columns: dict[str, list[Any]] = {name: rows.attributes.columns[name].tolist() for name in SCALARS}
    for name, words in SETS.items():
        packed = [rows.attributes.columns[f"{name}-{word}"].tolist() for word in range(words)]
        columns[name] = [_codes(of_row) for of_row in zip(*packed, strict=True)]
    for at, (id_, vector) in enumerate(zip(rows.ids.tolist(), rows.vectors, strict=True)):
        listing = {name: values[at] for name, values in columns.items()}
        yield {"id": id_, "vector": vector.astype(np.float32).tolist(), **listing}


def _codes(packed: tuple[int, ...]) -> list[int]:
    """Return the codes of a set held as 64-bit words."""
    return [
        word * WORD_BITS + bit
        for word, bits in enumerate(packed)
        for bit in range(bits.bit_length())
        if bits >> bit & 1
    ]


def _condition(where: Filter | None) -> str | None:
    """Return the filter as Milvus reads it; "" for none, None when nothing can pass."""
    if where is None:
        return ""
    parts = []
    for name, codes in where.allowed.items():
        wanted = sorted(int(code) for code in codes if -(2**63) <= code < 2**63)
        if not wanted:
            return None
        parts.append(f"array_contains_any({name}, {wanted})" if name in SETS else f"{name} in {wanted}")
    if where.excluded_organisations:
        parts.append(f"organisation not in {sorted(map(int, where.excluded_organisations))}")
    return " and ".join(parts)


def _stored(rows: list[dict[str, Any]]) -> Fixed:
    return np.array([row["vector"] for row in rows], dtype=np.float32).astype(np.int16)


def _rank(query: Fixed, found: list[dict[str, Any]], k: int) -> list[Hit]:
    if not found:
        return []
    ids = np.array([row["id"] for row in found], dtype=np.int64)
    scores: NDArray[np.float64] = exact_scores(_stored(found), query)
    return [Hit(int(ids[at]), float(scores[at])) for at in np.lexsort((ids, -scores))[:k]]


def _is_settled(kth: float, found: list[dict[str, Any]], dimension: int) -> bool:
    """Whether the worst proposal is worse than the k-th best by more than float32's rounding error."""
    worst = min(row["distance"] for row in found) / SCALE**2
    return bool(worst < kth - dimension * 2.0**-22)
