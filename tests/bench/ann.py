"""Vector search side by side: `python -m tests.bench.ann --n 100000 --json FILE`.

Our index, hnswlib, usearch, pgvector and exact comparison search the same vectors under the same filters,
each in a process of its own, at the least effort with which it finds 98 of 100. Writes one row per engine
and selectivity {engine, selectivity, recall, qps1, qps2, p50_ms, p99_ms, build_s, bytes_per_vector, ...};
a run that was broken off goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import data
from tests.bench.measure import Filtered, Ids, Task, measure

ENGINES = ("numpy exact", "mawsim", "hnswlib", "usearch", "pgvector")
# Attributes drawn at random, and how many codes each has; stage and country together leave 1 in 1,000.
CODES = {"kind": 2, "stage": 10, "country": 100}
FILTERS: dict[float, tuple[str, ...]] = {
    1.0: (), 0.5: ("kind",), 0.1: ("stage",), 0.01: ("country",), 0.001: ("country", "stage")
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--data", choices=("mixed", "real", "synthetic"), default="mixed")
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--only", choices=ENGINES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        run(options.only, options.n, options.data, options.json)
        return
    prepare(options.n, options.data, options.json)
    for engine in options.engines:
        if not [row for row in read(options.json) if row["engine"] == engine and row["selectivity"] == 0.001]:
            command = [sys.executable, "-m", "tests.bench.ann", "--only", engine, "--n", str(options.n)]
            # One thread per question, whatever the machine has, as the site's web processes have it.
            pinned = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
            command += ["--data", options.data, "--json", str(options.json)]
            subprocess.run(command, check=True, env=os.environ | pinned)
    for row in read(options.json):
        print(json.dumps(row))


def run(name: str, n: int, kind: str, path: Path) -> None:
    """Build one engine and write its rows, one after each filter."""
    vectors, queries, is_real = data.Collection(*(np.load(file) for file in _files(path)))
    columns = {column: codes(column, n) for column in CODES}
    with ExitStack() as stack:
        engine = _build(name, vectors, columns, stack)
        for share, names in FILTERS.items():
            rows = None
            if names:
                rows = np.flatnonzero(np.all([columns[column] == 1 for column in names], axis=0))
            where = Filtered(share, rows, dict.fromkeys(names, 1))
            task = Task(vectors, queries, is_real, where)
            figures = measure(engine, task, worst_scores(task, path))
            row = {
                "engine": name, "n": n, "data": kind, "dimension": vectors.shape[1], "selectivity": share,
                **figures._asdict(),
                "build_s": round(engine.build_s, 1), "bytes_per_vector": round(engine.bytes_per_vector),
            }  # fmt: skip
            row |= getattr(engine, "opening", {})
            others = [old for old in read(path) if (old["engine"], old["selectivity"]) != (name, share)]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps([*others, row], indent=1))
            print(json.dumps(row), flush=True)


def codes(column: str, n: int) -> Ids:
    """Return each row's code of a column, from 0."""
    seed = list(CODES).index(column)
    return np.random.default_rng(seed).integers(0, CODES[column], n)


def prepare(n: int, kind: str, path: Path) -> None:
    """Write the collection down once for all engines: the texts that it comes from may change meanwhile."""
    if read(path) and all(file.exists() for file in _files(path)):
        return
    path.unlink(missing_ok=True)
    for old in data.WORK.glob(f"{path.stem}-*.npy"):
        old.unlink()
    for file, array in zip(_files(path), data.load(n, kind), strict=True):
        np.save(file, array)


def _files(path: Path) -> list[Path]:
    data.WORK.mkdir(parents=True, exist_ok=True)
    return [data.WORK / f"{path.stem}-{name}.npy" for name in data.Collection._fields]


def worst_scores(task: Task, path: Path) -> Any:
    """Return the least score of a true answer per query, computed once per collection and filter."""
    kept = data.WORK / f"{path.stem}-truth-{task.where.share}.npy"
    if not kept.exists():
        np.save(kept, task.worst_scores())
    return np.load(kept)


def read(path: Path) -> list[dict[str, Any]]:
    """Return the rows written so far."""
    return json.loads(path.read_text()) if path.exists() else []


def _build(name: str, vectors: data.Floats, columns: dict[str, Ids], stack: ExitStack) -> Any:
    from tests.bench import engines

    if name == "pgvector":
        return engines.Pgvector(vectors, columns, stack.enter_context(engines.postgres()))
    kinds = {
        "numpy exact": engines.Exact, "mawsim": engines.Mawsim,
        "hnswlib": engines.Hnswlib, "usearch": engines.Usearch,
    }  # fmt: skip
    return kinds[name](vectors, columns)


if __name__ == "__main__":
    main()
