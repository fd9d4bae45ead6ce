"""What opening a snapshot costs a process: `python -m tests.bench.opening DIRECTORY DIMENSION`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import faiss  # noqa: F401  (its import is the process's cost, not the snapshot's)
import numpy as np

from matching.index.attributes import Filter
from matching.index.hybrid import HybridIndex


def main() -> None:
    directory, dimension = Path(sys.argv[1]), int(sys.argv[2])
    before = _private_mib()
    started = time.perf_counter()
    index = HybridIndex(directory, model="bench", dimension=dimension, changes_since=lambda _: [])
    opened = time.perf_counter() - started
    queries = np.random.default_rng(0).standard_normal((200, dimension))
    for query in queries:
        index.search(query, 10)
        index.search(query, 10, Filter({"stage": [1]}))
    print(json.dumps({"open_s": round(opened, 3), "private_mib": round(_private_mib() - before, 1)}))


def _private_mib() -> float:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024


if __name__ == "__main__":
    main()
