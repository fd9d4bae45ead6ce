"""The shared index (Milvus), where the settings name one: filled from PostgreSQL by one process at a time.

A row of `EmbeddingModel` says up to which transaction its collection has been brought, as a snapshot's
watermark does; the rows written since are written again, which changes nothing for those that were there.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import structlog
from django.db import connection

from mawsim.matches import engine, reader
from mawsim.matches.models import EmbeddingModel, ListingVector

log = structlog.get_logger(__name__)
_LOCK = "matches.shared"


def catch_up(model: EmbeddingModel, *, whole: bool = False) -> bool:
    """Bring the collection up to date, or (`whole`) compare it with PostgreSQL row by row.

    Returns whether it is; while another process is at it, or Milvus is away, the next sweep does it.
    """
    with _alone() as alone:
        if not alone:
            return False
        model.refresh_from_db()
        name, floor = reader.shared_name(model), reader.current_transaction_floor()
        since = model.shared_floor if model.shared_name == name and not whole else None
        try:
            index = engine.open_shared_index(name, model.dimension)
            for rows in reader.rows_since(model, since):
                engine.write(index, rows, model.dimension)
            if whole:
                # Rows of deleted listings leave nothing behind that a change could be told from.
                engine.keep_only(index, _visible(model))
        except engine.IndexUnavailable as error:
            log.warning("shared.behind", reason=str(error))
            return False
        EmbeddingModel.objects.filter(pk=model.pk).update(shared_name=name, shared_floor=floor)
    return True


def _visible(model: EmbeddingModel) -> np.ndarray:
    visible = ListingVector.objects.filter(model=model.name, visible=True)
    return np.fromiter(visible.values_list("listing_id", flat=True).iterator(50_000), np.int64)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other process holds the lock; it is held inside the block then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [_LOCK])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [_LOCK])
