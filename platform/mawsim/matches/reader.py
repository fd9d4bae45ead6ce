"""The index that this process serves from: opened on first use, kept fresh from PostgreSQL.

Rows that changed are asked for at most once a second, before a search: those written by transactions
that the last look could not have seen yet (`ListingVector.transaction`).
"""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

import structlog
from django.conf import settings
from django.db import connection, connections

from mawsim.matches import attributes, engine
from mawsim.matches.models import EmbeddingModel, ListingVector

if TYPE_CHECKING:
    from mawsim.matches.engine import Changes, HybridIndex, VectorIndex

log = structlog.get_logger(__name__)
POLL_SECONDS = 1.0
# Up to here opening the index takes well under a second, and the first search may wait for it.
ROWS_LOADED_AT_ONCE = 20_000
_CHUNK = 5_000


@dataclass(frozen=True)
class Serving:
    """One model's index as this process sees it. `partial`: listings are still missing from it."""

    model: EmbeddingModel
    index: "VectorIndex"
    partial: bool

    @property
    def is_away(self) -> bool:
        """Whether a shared index did not answer the last question; one on this machine always does."""
        return bool(settings.MILVUS_URL and self.index.fault)


def current_transaction_floor() -> int:
    """The oldest transaction still running: whatever was written before it is visible by now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def database_identity() -> str:
    """Tells this database from every other: a snapshot's watermark means nothing elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.system_identifier, c.timeline_id, d.oid FROM pg_control_system() s,"
            " pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()"
        )
        return "-".join(map(str, cursor.fetchone()))


def identity(model: EmbeddingModel) -> str:
    """What a snapshot must have been built from for this process to read it."""
    return f"{model.name} {database_identity()} {attributes.version()}"


def directory(model: EmbeddingModel) -> Path:
    """Where the model's snapshots are; two models never share a folder."""
    return Path(settings.SNAPSHOT_DIR) / sha256(model.name.encode()).hexdigest()[:16]


def shared_name(model: EmbeddingModel) -> str:
    """The collection of a shared index: another model, database or order of codes has another."""
    return f"mawsim_{sha256(identity(model).encode()).hexdigest()[:24]}"


def rows_since(model: EmbeddingModel, floor: int | None) -> Iterator[Sequence[engine.Row]]:
    """The stored rows by ascending listing, in chunks; `floor` leaves out older transactions' rows.

    From the beginning only visible rows come; later the others too, for they may have been visible.
    """
    rows = ListingVector.objects.filter(model=model.name).order_by("listing_id")
    rows = rows.filter(visible=True) if floor is None else rows.filter(transaction__gte=floor)
    stored = rows.values_list("listing_id", "vector", "attributes", "visible").iterator(_CHUNK)
    coded = ((number, bytes(vector), attributes.coded(codes), seen) for number, vector, codes, seen in stored)
    while chunk := list(islice(coded, _CHUNK)):
        yield chunk


class Reader:
    """The serving index of one process, shared by its threads."""

    def __init__(self) -> None:
        self._polling = threading.Lock()
        self._serving: Serving | None = None
        self._floor = 0
        self._polled_at = float("-inf")
        self._opening: threading.Thread | None = None

    def serving(self) -> Serving | None:
        """The index to search now; None where nothing is indexed yet, or while a large one is opened."""
        fresh = time.monotonic() - self._polled_at < POLL_SECONDS
        # Whoever finds another thread polling searches what there is; only the first search waits.
        if fresh or not self._polling.acquire(blocking=self._serving is None):
            return self._serving
        try:
            self._poll()
            self._polled_at = time.monotonic()
        finally:
            self._polling.release()
        return self._serving

    def look_again(self) -> None:
        self._polled_at = float("-inf")

    def _poll(self) -> None:
        model = choose_model()
        if model is None:
            self._serving = None
        elif settings.MILVUS_URL:
            self._share(model)
        elif self._serving is None or self._serving.model.name != model.name:
            self._open_or_wait(model)
        else:
            self._catch_up(cast("HybridIndex", self._serving.index), model)
            self._serving = Serving(model, self._serving.index, model.completed_at is None)

    def _share(self, model: EmbeddingModel) -> None:
        """Serve from the shared index, which the workers keep up to date (`matches.shared`)."""
        name = shared_name(model)
        try:
            known = self._serving is not None and self._serving.model.name == model.name
            index = self._serving.index if known else engine.open_shared_index(name, model.dimension)  # type: ignore[union-attr]
        except engine.IndexUnavailable as error:
            log.warning("index.unavailable", reason=str(error))
            self._serving = None
            return
        self._serving = Serving(model, index, model.completed_at is None or model.shared_name != name)

    def _catch_up(self, index: "HybridIndex", model: EmbeddingModel) -> None:
        floor = current_transaction_floor()
        for rows in rows_since(model, self._floor):
            index.apply(engine.changes(rows, model.dimension))
        index.refresh()
        self._floor = floor

    def _open_or_wait(self, model: EmbeddingModel) -> None:
        """Open a small index at once and a large one in a thread: no page hangs on it."""
        if self._opening is not None and self._opening.is_alive():
            return
        stored = ListingVector.objects.filter(model=model.name, visible=True)[: ROWS_LOADED_AT_ONCE + 1]
        if stored.count() <= ROWS_LOADED_AT_ONCE or engine.snapshot_created(directory(model)):
            self._open(model)
            return
        self._opening = threading.Thread(
            target=self._open_apart, args=[model], name="open-index", daemon=True
        )
        self._opening.start()

    def _open_apart(self, model: EmbeddingModel) -> None:
        try:
            self._open(model)
        except Exception:
            log.exception("index.open_failed", model=model.name)
        finally:
            connections.close_all()

    def _open(self, model: EmbeddingModel) -> None:
        started = time.monotonic()
        floor = current_transaction_floor()

        def since(watermark: str | None) -> "Iterator[Changes]":
            for rows in rows_since(model, None if watermark is None else int(watermark)):
                yield engine.changes(rows, model.dimension)

        index = engine.open_index(directory(model), identity(model), model.dimension, since)
        self._floor, self._serving = floor, Serving(model, index, model.completed_at is None)
        log.info("index.opened", model=model.name, listings=len(index), seconds=time.monotonic() - started)


def choose_model() -> EmbeddingModel | None:
    """The model to serve: the last activated if it is complete, else the last complete one that still
    can be asked, else the one that is being filled."""
    known = list(EmbeddingModel.objects.all())
    if not known:
        return None
    newest = known[0]
    if newest.completed_at:
        return newest
    for model in known[1:]:
        if model.completed_at and engine.query_encoder(model.source, model.name):
            return model
    return newest


_reader = Reader()


def serving() -> Serving | None:
    """As `Reader.serving`, for this process."""
    return _reader.serving()


def look_now() -> Serving | None:
    """As `serving`, with all that was committed before this call, however short ago the last look was."""
    _reader.look_again()
    return _reader.serving()


def reset() -> None:
    """Forget the index: after a fork, and between tests."""
    global _reader
    _reader = Reader()


os.register_at_fork(after_in_child=reset)
