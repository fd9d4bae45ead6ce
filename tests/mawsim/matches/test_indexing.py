"""Indexing: what is stored, when it is stored again, and what happens when the model is not to be had."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from mawsim.listings.models import Listing, ListingTranslation, Status
from mawsim.matches import actions, documents, engine, indexing, queries
from mawsim.matches.models import EmbeddingModel, ListingVector, SearchDocument
from tests.conftest import Cast
from tests.mawsim.matches.world import DIMENSION, index, publish, write_model

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]


def test_a_listing_gets_a_unit_vector_its_attributes_and_its_words(cast: Cast) -> None:
    listing = publish(
        cast.hanbit, "팜 농장 드론", sectors=["plantation"], stage=7, target_countries=["MY", "ID"]
    )
    assert index() == 1
    row = ListingVector.objects.get(listing=listing)
    vector = np.frombuffer(bytes(row.vector), "<f4")
    assert (vector.shape, row.visible) == ((DIMENSION,), True)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    assert row.attributes == {
        "kind": "offer", "pillar": "technology", "stage": 7, "language": "ko", "country": "KR",
        "organisation": cast.hanbit.pk, "sectors": ["plantation"], "technologies": [],
        "partnership_types": [], "target_countries": ["ID", "MY"],
    }  # fmt: skip
    document = SearchDocument.objects.get(listing=listing)
    assert (document.revision, document.error) == (1, "")
    assert "드론" in document.terms
    assert not Listing.objects.get(pk=listing.pk).index_pending


def test_nothing_pending_is_nothing_done(cast: Cast) -> None:
    publish(cast.hanbit, "drone")
    assert [index(), index()] == [1, 0]


def test_title_summary_and_body_weigh_as_said(cast: Cast) -> None:
    listing = publish(cast.hanbit, "palm", summary="drone", body="fraud")
    index()
    encoder = engine.document_encoder()
    title, summary, body = encoder.encode(["palm", "drone", "fraud"])
    expected = 0.40 * title + 0.35 * summary + 0.25 * body
    stored = np.frombuffer(bytes(ListingVector.objects.get(listing=listing).vector), "<f4")
    assert stored == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)


def test_unchanged_text_is_not_embedded_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = publish(cast.hanbit, "drone")
    index()
    seen: list[int] = []
    embed = engine.embed
    monkeypatch.setattr(engine, "embed", lambda e, docs: seen.append(len(docs)) or embed(e, docs))
    before = ListingVector.objects.get(listing=listing)
    Listing.objects.filter(pk=listing.pk).update(sectors=["energy"], revision=2, index_pending=True)
    index()
    after = ListingVector.objects.get(listing=listing)
    assert seen == [0]
    assert (bytes(after.vector), after.attributes["sectors"]) == (bytes(before.vector), ["energy"])


def test_a_run_that_changes_nothing_writes_no_row(cast: Cast) -> None:
    listing = publish(cast.hanbit, "drone")
    index()
    before = ListingVector.objects.get(listing=listing).updated_at
    Listing.objects.update(index_pending=True)
    index()
    assert ListingVector.objects.get(listing=listing).updated_at == before


def test_a_change_meanwhile_stays_pending(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = publish(cast.hanbit, "drone")
    embed = engine.embed

    def edited_meanwhile(encoder: Any, docs: Any) -> Any:
        Listing.objects.filter(pk=listing.pk, revision=1).update(title="fraud", revision=2)
        return embed(encoder, docs)

    monkeypatch.setattr(engine, "embed", edited_meanwhile)
    encoder = engine.document_encoder()
    assert indexing.index_batch(encoder, "") == 1
    assert Listing.objects.get(pk=listing.pk).index_pending
    assert indexing.index_batch(encoder, "") == 1
    assert not Listing.objects.get(pk=listing.pk).index_pending
    stored = ListingVector.objects.get(listing=listing)
    assert stored.content_hash == documents.content_hash(Listing.objects.get(pk=listing.pk))


def test_what_is_not_public_is_stored_unseen(cast: Cast) -> None:
    past = timezone.now() - timedelta(minutes=1)
    cast.zayed.is_active = False
    cast.zayed.save()
    hidden = [
        publish(cast.hanbit, "drone", status=Status.DRAFT),
        publish(cast.hanbit, "drone", status=Status.ON_HOLD),
        publish(cast.hanbit, "drone", expires_at=past),
        publish(cast.zayed, "drone"),
    ]
    index()
    assert (
        list(ListingVector.objects.filter(listing__in=hidden).values_list("visible", flat=True))
        == [False] * 4
    )


def test_translations_are_found_by_their_words(cast: Cast) -> None:
    listing = publish(cast.hanbit, "드론")
    common = {"listing": listing, "source_hash": "x", "state": "reviewed"}
    ListingTranslation.objects.create(field="title", language="en", text="Drone named Falcon", **common)
    index()
    assert "falcon" in SearchDocument.objects.get(listing=listing).terms


class TestWithoutTheModel:
    @pytest.fixture(autouse=True)
    def _no_model(self, engine_room: None, settings: Any, tmp_path: Path) -> None:
        folder = write_model(tmp_path / "nowhere")
        (folder / "static.safetensors").unlink()
        settings.EMBEDDING_MODEL = str(folder)

    def test_rows_stay_pending_with_the_reason_and_are_found_by_their_words(self, cast: Cast) -> None:
        listing = publish(cast.hanbit, "Falcon drone")
        assert index() == 1
        document = SearchDocument.objects.get(listing=listing)
        assert "nowhere" in document.error
        assert document.attempts == 1
        assert timedelta(0) < document.retry_at - timezone.now() <= timedelta(seconds=15)
        assert Listing.objects.get(pk=listing.pk).index_pending
        health = queries.index_health()
        assert (health.pending, health.failed, health.degraded) == (1, 1, True)
        assert health.last_error == document.error

    def test_it_is_not_tried_again_at_once_and_less_often_each_time(self, cast: Cast) -> None:
        listing = publish(cast.hanbit, "drone")
        assert [index(), index()] == [1, 0]
        waits = []
        for _ in range(3):
            SearchDocument.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
            index()
            waits.append(SearchDocument.objects.get(listing=listing).retry_at - timezone.now())
        assert [round(wait.total_seconds()) for wait in waits] == [30, 60, 120]

    def test_the_model_comes_back(self, cast: Cast, settings: Any, tiny_model: Path) -> None:
        listing = publish(cast.hanbit, "drone")
        index()
        settings.EMBEDDING_MODEL = str(tiny_model)
        SearchDocument.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
        assert index() == 1
        document = SearchDocument.objects.get(listing=listing)
        assert (document.error, document.attempts, document.retry_at) == ("", 0, None)
        assert not queries.index_health().degraded


def test_a_text_that_breaks_the_model_takes_no_other_down(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = publish(cast.hanbit, "poison"), publish(cast.hanbit, "drone")
    embed = engine.embed

    def picky(encoder: Any, docs: Any) -> Any:
        if any("poison" in text for parts in docs for _weight, text in parts):
            raise engine.EncoderUnavailable("cannot read poison")
        return embed(encoder, docs)

    monkeypatch.setattr(engine, "embed", picky)
    assert index() == 2
    assert list(ListingVector.objects.values_list("listing", flat=True)) == [good.pk]
    assert SearchDocument.objects.get(listing=bad).error == "cannot read poison"


def test_more_than_one_batch(cast: Cast) -> None:
    for number in range(indexing.BATCH + 6):
        publish(cast.hanbit, f"drone {number}")
    assert index() == indexing.BATCH + 6
    assert ListingVector.objects.count() == indexing.BATCH + 6


def test_one_listing_is_taken_out_of_turn(cast: Cast) -> None:
    first, second = publish(cast.hanbit, "drone"), publish(cast.hanbit, "palm")
    assert actions.index_pending(listing_id=first.pk) == 1
    assert Listing.objects.get(index_pending=True) == second


def test_a_listing_that_is_gone_is_no_error(cast: Cast) -> None:
    assert actions.index_pending(listing_id=10**9) == 0


def test_hostile_text_is_indexed_like_any_other(cast: Cast) -> None:
    texts = ["'); DROP TABLE listings; --", "a\\'b & c | !d:*", "<script>", "🛩" * 50, "ﷺ" * 100, "x" * 120]
    for text in texts:
        publish(cast.hanbit, text, body=text * 30)
    assert index() == len(texts)
    assert SearchDocument.objects.filter(error="").count() == len(texts)


def test_another_model_embeds_everything_anew_while_the_old_serves(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    publish(cast.hanbit, "drone")
    index()
    old = EmbeddingModel.objects.get()
    assert old.completed_at is not None
    settings.EMBEDDING_MODEL = str(write_model(tmp_path / "other", seed=1))
    new = indexing.activate(engine.document_encoder(), settings.EMBEDDING_MODEL)
    assert Listing.objects.get().index_pending
    assert queries.index_health().model == old.name
    index()
    assert ListingVector.objects.filter(model=new.name).count() == 1
    assert queries.index_health().model == new.name
    assert not queries.index_health().degraded


@pytest.mark.django_db(transaction=True)
def test_two_indexers_share_the_work(cast: Cast) -> None:
    """What one transaction has claimed, another does not wait for and does not take."""
    import threading

    from django.db import connections, transaction

    listing = publish(cast.hanbit, "drone")
    SearchDocument.objects.create(listing=listing)
    found: list[int] = []

    def other() -> None:
        with transaction.atomic():
            found.append(len(indexing.claim()))
        connections.close_all()

    with transaction.atomic():
        assert len(indexing.claim()) == 1
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
    assert found == [0]
    assert connection.is_usable()
