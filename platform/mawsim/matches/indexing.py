"""Bringing the engine's knowledge of listings up to date: one batch, one transaction.

A batch is claimed by locking the listings' search documents, which nobody else needs: authors can go on
editing while their texts are embedded. The outbox flag is lowered only for the revision that was read.
Whatever happens to the process, a batch is either done or still pending.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from mawsim.listings import queries as listings
from mawsim.listings.models import Listing, ListingTranslation
from mawsim.matches import attributes, documents, engine, frequencies, lists
from mawsim.matches.models import EmbeddingModel, ListingVector, SearchDocument

if TYPE_CHECKING:
    from mawsim.matches.engine import Encoder

log = structlog.get_logger(__name__)
BATCH = 64
_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=15), timedelta(minutes=30)


class Batch:
    """Listings locked for indexing, with what is stored about them."""

    def __init__(self, claimed: Sequence[SearchDocument], model: str | None) -> None:
        self.documents = {document.listing_id: document for document in claimed}
        ids = list(self.documents)
        self.listings = list(Listing.objects.filter(pk__in=ids).select_related("organisation").order_by("pk"))
        self.public = set(listings.public().filter(pk__in=ids).values_list("pk", flat=True))
        self.vectors: dict[int, ListingVector] = {}
        if model:
            stored = ListingVector.objects.filter(listing__in=ids, model=model)
            self.vectors = {vector.listing_id: vector for vector in stored}


def index_batch(encoder: "Encoder | None", reason: str, listing_id: int | None = None) -> int:
    """Index up to `BATCH` pending listings (or the given one) and return how many were claimed.

    Without an encoder the words are indexed all the same, so that lexical search finds the listing; it
    stays pending with `reason` and is tried again later.
    """
    with transaction.atomic():
        claimed = claim(listing_id)
        if not claimed:
            return 0
        batch = Batch(claimed, encoder.name if encoder else None)
        _store_terms(batch)
        if encoder is None:
            _postpone(batch.listings, batch, reason)
        else:
            _lower(_store_vectors(encoder, batch), batch)
        return len(claimed)


def claim(listing_id: int | None = None) -> list[SearchDocument]:
    """Lock the documents of pending listings, newest first, leaving out those that others hold."""
    pending = Listing.objects.filter(index_pending=True)
    if listing_id is not None:
        pending = pending.filter(pk=listing_id)
    missing = pending.filter(search_document=None).order_by("-pk").values_list("pk", flat=True)[:BATCH]
    SearchDocument.objects.bulk_create(
        [SearchDocument(listing_id=pk) for pk in missing], ignore_conflicts=True
    )
    due = Q(retry_at=None) | Q(retry_at__lte=timezone.now())
    waiting = SearchDocument.objects.filter(due, listing__index_pending=True)
    if listing_id is not None:
        waiting = waiting.filter(listing=listing_id)
    return list(waiting.select_for_update(skip_locked=True, of=("self",)).order_by("-listing_id")[:BATCH])


def _store_terms(batch: Batch) -> None:
    """Write the words of every listing of the batch, in whatever languages it can be read."""
    translations: dict[int, list[str]] = {}
    texts = ListingTranslation.objects.filter(listing__in=batch.listings).order_by("pk")
    for listing_id, text in texts.values_list("listing_id", "text"):
        translations.setdefault(listing_id, []).append(text)
    rows = []
    for listing in batch.listings:
        text = documents.lexical_text(listing, translations.get(listing.pk, ()))
        concepts = documents.concept_terms([*listing.sectors, *listing.technologies])
        rows.append((listing.pk, [*engine.terms(text), *concepts], listing.revision))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE matches_searchdocument SET terms = array_to_tsvector(%s::text[]), revision = %s,"
            " updated_at = now() WHERE listing_id = %s",
            [(terms, revision, listing_id) for listing_id, terms, revision in rows],
        )
    frequencies.remember(term for _pk, terms, _revision in rows for term in terms)


def _store_vectors(encoder: "Encoder", batch: Batch) -> list[Listing]:
    """Embed what has changed and store it; returns the listings that are up to date now."""
    hashes = {listing.pk: documents.content_hash(listing) for listing in batch.listings}
    stale = [item for item in batch.listings if _stored_hash(batch, item) != hashes[item.pk]]
    fresh = _embed(encoder, stale, batch)
    rows = []
    for listing in batch.listings:
        stored = batch.vectors.get(listing.pk)
        vector = fresh.get(listing.pk) or (stored.vector if stored and listing not in stale else None)
        if vector is None:
            continue  # could not be embedded
        row = ListingVector(
            listing=listing,
            model=encoder.name,
            content_hash=hashes[listing.pk],
            vector=vector,
            attributes=attributes.of_listing(listing),
            visible=listing.pk in batch.public,
        )
        rows.append((listing, row))
    _upsert([row for _, row in rows if _differs(row, batch.vectors.get(row.listing_id))])
    return [listing for listing, _ in rows]


def _stored_hash(batch: Batch, listing: Listing) -> str | None:
    stored = batch.vectors.get(listing.pk)
    return stored.content_hash if stored else None


def _differs(row: ListingVector, stored: ListingVector | None) -> bool:
    """An unchanged row is not written, for every written one has to be read by every index reader."""
    fields = ("content_hash", "attributes", "visible")
    return stored is None or any(getattr(row, name) != getattr(stored, name) for name in fields)


def _embed(encoder: "Encoder", listings_: Sequence[Listing], batch: Batch) -> dict[int, bytes]:
    """Vectors by listing. A text at which the model fails takes no other down with it."""
    try:
        vectors = engine.embed(encoder, [documents.parts(listing) for listing in listings_])
    except engine.EncoderUnavailable as error:
        if len(listings_) == 1:
            _postpone(listings_, batch, str(error))
            return {}
        found: dict[int, bytes] = {}
        for listing in listings_:
            found |= _embed(encoder, [listing], batch)
        return found
    return {item.pk: vector.tobytes() for item, vector in zip(listings_, vectors, strict=True)}


def _upsert(rows: Sequence[ListingVector]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        number = cursor.fetchone()[0]
    for row in rows:
        row.transaction = number
    ListingVector.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["listing", "model"],
        update_fields=["content_hash", "vector", "attributes", "visible", "transaction", "updated_at"],
    )


def _lower(done: Sequence[Listing], batch: Batch) -> None:
    """Take the listings out of the outbox, unless they have changed since they were read."""
    for listing in done:
        seen = Listing.objects.filter(pk=listing.pk, revision=listing.revision, index_pending=True)
        seen.update(index_pending=False)
    SearchDocument.objects.filter(pk__in=[item.pk for item in done]).update(
        error="", attempts=0, retry_at=None
    )
    lists.mark([item.pk for item in done])


def _postpone(listings_: Sequence[Listing], batch: Batch, reason: str) -> None:
    """Leave the listings pending, with the reason and a time to try again."""
    now = timezone.now()
    for listing in listings_:
        document = batch.documents[listing.pk]
        wait = min(_FIRST_RETRY * 2 ** min(document.attempts, 10), _LONGEST_RETRY)
        SearchDocument.objects.filter(pk=listing.pk).update(
            error=reason[:300], attempts=min(document.attempts + 1, 1000), retry_at=now + wait
        )


def activate(encoder: "Encoder", source: str) -> EmbeddingModel:
    """Make the encoder's the model to be served; another one than before has every listing embedded anew."""
    newest = EmbeddingModel.objects.first()
    if newest and newest.name == encoder.name and newest.source == source:
        return newest
    with transaction.atomic():
        fields = {"source": source, "dimension": encoder.dimension, "activated_at": timezone.now()}
        if newest and newest.name == encoder.name:
            fields.pop("activated_at")  # the same model under another name: nothing to embed anew
            return EmbeddingModel.objects.update_or_create(name=encoder.name, defaults=fields)[0]
        model, _ = EmbeddingModel.objects.update_or_create(
            name=encoder.name, defaults=fields | {"completed_at": None}
        )
        raised = Listing.objects.filter(index_pending=False).update(index_pending=True)
    log.info("model.activated", model=encoder.name, listings=raised)
    return model


def complete_if_done(model: EmbeddingModel) -> None:
    """Say that the model knows every public listing, once it does."""
    if model.completed_at:
        return
    known = ListingVector.objects.filter(model=model.name).values("listing")
    if not listings.public().exclude(pk__in=known).exists():
        EmbeddingModel.objects.filter(pk=model.pk).update(completed_at=timezone.now())
