"""The indexes that are compared, each behind the same few methods."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from matching.index.attributes import Attributes, AttributeTable, Filter
from matching.index.base import Batch
from matching.index.builder import build_snapshot
from matching.index.hybrid import HybridIndex
from tests.bench.data import WORK, Floats
from tests.bench.measure import Filtered, Ids, K, Search

THREADS = 2
_BATCH = 10_000


class Exact:
    """Every allowed row compared with numpy: what recall is measured against, and the floor of speed."""

    name = "numpy exact"
    efforts: Sequence[int] = (0,)

    def __init__(self, vectors: Floats, columns: dict[str, Ids]) -> None:
        self.build_s = 0.0
        self.bytes_per_vector = float(vectors.nbytes / len(vectors))
        self._vectors = vectors

    def searcher(self, where: Filtered, effort: int) -> Search:
        vectors = self._vectors if where.rows is None else self._vectors[where.rows]
        rows = where.rows

        def search(query: Floats) -> Ids:
            scores = vectors @ query
            best = np.argpartition(-scores, K - 1)[:K] if len(scores) > K else np.arange(len(scores))
            return best if rows is None else rows[best]

        return search


class Mawsim:
    """The index of this project, with snapshot, delta and filters as the site uses it; it tunes itself."""

    name = "mawsim"
    efforts: Sequence[int] = (0,)

    def __init__(self, vectors: Floats, columns: dict[str, Ids]) -> None:
        directory = WORK / "snapshot"
        shutil.rmtree(directory, ignore_errors=True)
        started = time.perf_counter()
        folder = build_snapshot(
            directory,
            self._batches(vectors, columns),
            model="bench",
            dimension=vectors.shape[1],
            watermark="0",
            threads=THREADS,
        )
        self.build_s = time.perf_counter() - started
        self.bytes_per_vector = sum(path.stat().st_size for path in folder.iterdir()) / len(vectors)
        command = [sys.executable, "-m", "tests.bench.opening", str(directory), str(vectors.shape[1])]
        self.opening = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        self._index = HybridIndex(
            directory, model="bench", dimension=vectors.shape[1], changes_since=lambda _: []
        )

    @staticmethod
    def _batches(vectors: Floats, columns: dict[str, Ids]) -> Iterator[Batch]:
        empty = AttributeTable.from_rows([Attributes()])
        for start in range(0, len(vectors), _BATCH):
            part = slice(start, start + _BATCH)
            table = empty.take(np.zeros(len(vectors[part]), np.intp))
            for name, codes in columns.items():
                table.columns[name] = codes[part].astype(table.columns[name].dtype)
            yield Batch(range(start, start + len(table)), vectors[part], table)

    def searcher(self, where: Filtered, effort: int) -> Search:
        condition = Filter({name: [code] for name, code in where.codes.items()}) if where.codes else None

        def search(query: Floats) -> list[int]:
            return [hit.id for hit in self._index.search(query, K, condition)]

        return search


class Hnswlib:
    """hnswlib with its own filter, a function that is asked for every row that it looks at."""

    name = "hnswlib"
    efforts: Sequence[int] = (10, 20, 30, 40, 60, 80, 120, 160, 240, 400, 800, 1_600)

    def __init__(self, vectors: Floats, columns: dict[str, Ids]) -> None:
        import hnswlib

        started = time.perf_counter()
        self._index = hnswlib.Index("ip", vectors.shape[1])
        self._index.init_index(len(vectors), M=16, ef_construction=200)
        self._index.add_items(vectors, num_threads=THREADS)
        self.build_s = time.perf_counter() - started
        path = WORK / "hnswlib.bin"
        self._index.save_index(str(path))
        self.bytes_per_vector = path.stat().st_size / len(vectors)
        path.unlink()
        self._index.set_num_threads(1)

    def searcher(self, where: Filtered, effort: int) -> Search:
        allowed = None
        if where.rows is not None:
            allowed = set(where.rows.tolist()).__contains__

        def search(query: Floats) -> Ids:
            self._index.set_ef(max(effort, K))
            try:
                found = self._index.knn_query(query[None], K, num_threads=1, filter=allowed)
            except RuntimeError:  # it found fewer than K rows that pass
                return np.empty(0, np.int64)
            return found[0][0].astype(np.int64)

        return search


class Usearch:
    """usearch in half precision. Its Python interface cannot filter, so it is asked for more and sifted."""

    name = "usearch"
    efforts: Sequence[int] = (10, 16, 32, 48, 64, 96, 128, 192, 256, 400, 800)
    _most = 20_000

    def __init__(self, vectors: Floats, columns: dict[str, Ids]) -> None:
        from usearch.index import Index

        started = time.perf_counter()
        self._index = Index(
            ndim=vectors.shape[1], metric="ip", dtype="f16", connectivity=16, expansion_add=128
        )
        self._index.add(np.arange(len(vectors)), vectors, threads=THREADS)
        self.build_s = time.perf_counter() - started
        self.bytes_per_vector = self._index.serialized_length / len(vectors)

    def searcher(self, where: Filtered, effort: int) -> Search:
        share = where.share if where.rows is not None else 1.0
        passes = None
        if where.rows is not None:
            passes = np.zeros(len(self._index), dtype=bool)
            passes[where.rows] = True
        asked = min(int(effort / share), self._most, len(self._index))

        def search(query: Floats) -> Ids:
            self._index.expansion_search = asked
            found = self._index.search(query, K if passes is None else asked, threads=1).keys.astype(np.int64)
            return found[:K] if passes is None else found[passes[found]][:K]

        return search


class Pgvector:
    """pgvector's HNSW in the embedded PostgreSQL, with an index on every column that is filtered by."""

    name = "pgvector"
    efforts: Sequence[int] = (20, 40, 80, 120, 160, 240, 400, 800)

    def __init__(self, vectors: Floats, columns: dict[str, Ids], url: str) -> None:
        import psycopg

        self._url = url
        self._connect = psycopg.connect
        with psycopg.connect(url, autocommit=True) as connection:
            self._load(connection, vectors, columns)
            started = time.perf_counter()
            connection.execute("SET maintenance_work_mem = '5GB'")
            connection.execute(f"SET max_parallel_maintenance_workers = {THREADS - 1}")
            connection.execute(
                "CREATE INDEX hnsw ON item USING hnsw (vector vector_ip_ops)"
                " WITH (m = 16, ef_construction = 100)"
            )
            self.build_s = time.perf_counter() - started
            for name in columns:
                connection.execute(f"CREATE INDEX ON item ({name})")
            connection.execute("VACUUM ANALYZE item")
            size = connection.execute("SELECT pg_total_relation_size('item')").fetchone()
            self.bytes_per_vector = size[0] / len(vectors)

    @staticmethod
    def _load(connection: object, vectors: Floats, columns: dict[str, Ids]) -> None:
        names = list(columns)
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        connection.execute("DROP TABLE IF EXISTS item")
        fields = ", ".join(f"{name} int" for name in names)
        connection.execute(
            f"CREATE UNLOGGED TABLE item (id int PRIMARY KEY, vector vector({vectors.shape[1]}), {fields})"
        )
        connection.execute("ALTER TABLE item ALTER vector SET STORAGE PLAIN")
        coded = np.column_stack([columns[name] for name in names]).tolist()
        with connection.cursor().copy(f"COPY item (id, vector, {', '.join(names)}) FROM STDIN") as copy:
            for row, (vector, codes) in enumerate(zip(vectors, coded, strict=True)):
                text = "[" + ",".join(f"{value:.6f}" for value in vector.tolist()) + "]"
                copy.write_row((row, text, *codes))

    def searcher(self, where: Filtered, effort: int) -> Search:
        connection = self._connect(self._url, autocommit=True)
        connection.execute(f"SET hnsw.ef_search = {effort}")
        connection.execute("SET hnsw.iterative_scan = strict_order")
        connection.execute("SET hnsw.max_scan_tuples = 100000")
        condition = " AND ".join(f"{name} = {code}" for name, code in where.codes.items())
        only = f"WHERE {condition}" if condition else ""
        query = f"SELECT id FROM item {only} ORDER BY vector <#> %s::vector LIMIT {K}"

        def search(vector: Floats) -> list[int]:
            text = "[" + ",".join(f"{value:.6f}" for value in vector.tolist()) + "]"
            return [row[0] for row in connection.execute(query, (text,), prepare=True).fetchall()]

        return search


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the address of an embedded PostgreSQL of its own with enough memory to build an index in."""
    import psycopg

    from mawsim.core.services.postgres import EmbeddedPostgres

    base = Path(tempfile.mkdtemp(prefix="mawsim-bench-", dir=os.environ.get("MAWSIM_BENCH_TMP")))
    base.chmod(0o711)
    server = EmbeddedPostgres(base / "data", base / "run" / "pg", durable=False)
    try:
        server.start()
        with psycopg.connect(server.url, autocommit=True) as connection:
            for setting in ("shared_buffers = '4GB'", "dynamic_shared_memory_type = 'mmap'"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
        server.stop()
        server.start()
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(base, ignore_errors=True)
