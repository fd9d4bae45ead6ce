"""Recall and speed of an engine under one filter, at the least effort that finds enough."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tests.bench.data import Floats

K = 10
WANTED_RECALL = 0.98
_TUNING_QUERIES = 200
_LEAST_SECONDS, _MOST_SECONDS = 3.0, 12.0

# Inner products of float32 in another order of additions, and of vectors in 16 bits, differ by this much.
_ROUNDING = 2e-5

Ids = NDArray[np.int64]
Search = Callable[[Floats], Sequence[int] | Ids]


class Filtered(NamedTuple):
    """A filter: the share of rows that it should let through, those that it does, and its codes."""

    share: float
    rows: Ids | None  # ascending; None: all
    codes: dict[str, int]  # attribute: code


class Engine(Protocol):
    """One index over the vectors, in a process of its own."""

    name: str
    efforts: Sequence[int]  # what `search` can be told, cheapest first

    def searcher(self, where: Filtered, effort: int) -> Search:
        """Return a function from one query (d,) to the best `K` row numbers, to be called from one thread."""
        ...


class Figures(NamedTuple):
    """What was measured; times per query in milliseconds, speeds in queries per second."""

    effort: int
    recall: float
    recall_real: float
    qps1: float
    qps2: float
    p50_ms: float
    p99_ms: float


class Task(NamedTuple):
    """The vectors (n, d), the queries (q, d), which of these (q,) are real, and a filter."""

    vectors: Floats
    queries: Floats
    is_real: NDArray[np.bool_]
    where: Filtered

    def worst_scores(self) -> NDArray[np.float32]:
        """Return for each query the score of its last true answer: -inf where fewer than `K` rows pass."""
        rows = self.where.rows
        worst = []
        for start in range(0, len(self.queries), 50):
            some = self.queries[start : start + 50]
            scores = some @ (self.vectors if rows is None else self.vectors[rows]).T
            enough = scores.shape[1] >= K
            worst.append(-np.partition(-scores, K - 1)[:, K - 1] if enough else np.full(len(some), -np.inf))
        return np.concatenate(worst).astype(np.float32)


def measure(engine: Engine, task: Task, worst: NDArray[np.float32]) -> Figures:
    """Measure with the least effort that reaches `WANTED_RECALL`, or with the greatest where none does."""
    effort = _least_effort(engine, task, worst)
    recalls, times = _asked(engine.searcher(task.where, effort), task, worst, 1)
    real = task.is_real[: len(recalls)]
    return Figures(
        effort=effort,
        recall=round(float(recalls.mean()), 4),
        recall_real=round(float(recalls[real].mean()), 4) if real.any() else 0.0,
        qps1=round(_per_second(engine, task, effort, 1), 1),
        qps2=round(_per_second(engine, task, effort, 2), 1),
        p50_ms=round(float(np.percentile(times, 50)) * 1e3, 3),
        p99_ms=round(float(np.percentile(times, 99)) * 1e3, 3),
    )


def _least_effort(engine: Engine, task: Task, worst: NDArray[np.float32]) -> int:
    step = max(1, len(task.queries) // _TUNING_QUERIES)
    for effort in engine.efforts[:-1]:
        recalls, _times = _asked(engine.searcher(task.where, effort), task, worst, step)
        if recalls.mean() >= WANTED_RECALL:
            return effort
    return engine.efforts[-1]


def _asked(
    search: Search, task: Task, worst: NDArray[np.float32], step: int
) -> tuple[NDArray[np.float64], list[float]]:
    """Return every `step`th query's recall and seconds; fewer when the engine is slow.

    An answer is true when it scores no worse than the last of the true ones: equals have no order.
    """
    for query in task.queries[:20]:
        search(query)
    recalls, times, began = [], [], time.perf_counter()
    for query, least in zip(task.queries[::step], worst[::step], strict=True):
        started = time.perf_counter()
        found = np.asarray(search(query), dtype=np.int64)
        times.append(time.perf_counter() - started)
        right = int((task.vectors[found] @ query >= least - _ROUNDING).sum()) if len(found) else 0
        recalls.append(right / min(K, len(task.vectors) if task.where.rows is None else len(task.where.rows)))
        if time.perf_counter() - began > _MOST_SECONDS:
            break
    return np.array(recalls), times


def _per_second(engine: Engine, task: Task, effort: int, threads: int) -> float:
    """Return how many queries that many threads together answer in a second, each asking one by one."""
    done = [0] * threads
    queries = task.queries
    searchers = [engine.searcher(task.where, effort) for _ in range(threads)]
    began = time.perf_counter()
    until = began + _LEAST_SECONDS

    def ask(number: int) -> None:
        at = number * len(queries) // threads
        while time.perf_counter() < until:
            searchers[number](queries[at % len(queries)])
            done[number] += 1
            at += 1

    workers = [threading.Thread(target=ask, args=[number]) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(done) / (time.perf_counter() - began)
