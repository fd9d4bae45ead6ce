"""Freshness: what is written is found, what is hidden is gone, and the snapshot is only a cache."""

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.models import Max

from mawsim.listings.models import Listing, Status
from mawsim.matches import actions, attributes, engine, queries, reader
from mawsim.matches.models import EmbeddingModel, ListingVector
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]


def found(listing: Listing) -> bool:
    serving = reader.serving()
    return serving is not None and listing.pk in serving.index.vectors([listing.pk])


def test_new_changed_and_hidden_listings(cast: Cast) -> None:
    assert reader.serving() is None
    first = publish(cast.hanbit, "drone")
    index()
    assert found(first)
    second = publish(cast.hanbit, "palm")
    index()
    assert found(second)
    Listing.objects.filter(pk=first.pk).update(status=Status.ON_HOLD, revision=2, index_pending=True)
    index()
    assert [found(first), found(second)] == [False, True]


def test_it_looks_at_most_once_a_second(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(cast.hanbit, "drone")
    index()
    monkeypatch.setattr(reader, "POLL_SECONDS", 60)
    assert found(first)
    second = publish(cast.hanbit, "palm")
    index()
    assert not found(second)
    monkeypatch.setattr(reader, "POLL_SECONDS", 0)
    assert found(second)


def wait_for_older_transactions() -> None:
    """Return once no transaction of the server, whatever its database, is older than the newest vector."""
    newest = ListingVector.objects.aggregate(Max("transaction"))["transaction__max"]
    deadline = time.monotonic() + 60
    while reader.current_transaction_floor() <= newest:
        assert time.monotonic() < deadline
        time.sleep(0.05)


class TestSnapshot:
    @pytest.fixture
    def listing(self, cast: Cast) -> Listing:
        listing = publish(cast.hanbit, "drone")
        index()
        return listing

    @pytest.mark.django_db(transaction=True)
    def test_it_is_built_when_there_is_none_and_then_only_when_much_has_changed(
        self, cast: Cast, listing: Listing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert [actions.rebuild_snapshot(), actions.rebuild_snapshot()] == [True, False]
        monkeypatch.setattr(actions, "SNAPSHOT_LEAST", 1)
        for name in ("palm", "fraud"):
            publish(cast.hanbit, name)
        index()
        wait_for_older_transactions()
        assert [actions.rebuild_snapshot(), actions.rebuild_snapshot()] == [True, False]

    def test_search_reads_it_and_what_came_since(self, cast: Cast, listing: Listing) -> None:
        actions.rebuild_snapshot()
        newer = publish(cast.hanbit, "palm")
        index()
        reader.reset()
        health = queries.index_health()
        # The test runs in one transaction, so all its rows count as written since the snapshot.
        assert (health.snapshot_count + health.delta_count, health.snapshot_fault) == (2, "")
        assert health.snapshot_created.startswith("20")
        assert [found(listing), found(newer)] == [True, True]

    def test_a_reader_takes_a_new_one_over(self, listing: Listing) -> None:
        serving = reader.serving()
        assert serving is not None
        assert serving.index.watermark is None
        actions.rebuild_snapshot()
        assert reader.serving() is not None
        assert serving.index.watermark is not None
        assert found(listing)

    @pytest.mark.parametrize("damage", ["deleted", "truncated", "of another database", "of other codes"])
    def test_without_a_sound_one_search_works_from_the_database(
        self, listing: Listing, damage: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        actions.rebuild_snapshot()
        folder = Path(django_settings.SNAPSHOT_DIR)
        if damage == "deleted":
            shutil.rmtree(folder)
        elif damage == "truncated":
            next(folder.glob("*/snapshot-*/vectors.bin")).write_bytes(b"")
        elif damage == "of another database":
            monkeypatch.setattr(reader, "database_identity", lambda: "another")
        else:
            monkeypatch.setattr(attributes, "version", lambda: "another")
        reader.reset()
        assert found(listing)
        fault = queries.index_health().snapshot_fault
        assert bool(fault) == (damage != "deleted")
        assert actions.rebuild_snapshot()
        reader.reset()
        assert (found(listing), queries.index_health().snapshot_fault) == (True, "")

    def test_a_full_disk_leaves_the_old_one(self, listing: Listing, settings: Any, tmp_path: Path) -> None:
        settings.SNAPSHOT_DIR = tmp_path / "file"
        settings.SNAPSHOT_DIR.mkdir()
        reader.directory(EmbeddingModel.objects.get()).write_text("not a folder")
        assert not actions.rebuild_snapshot(force=True)
        assert found(listing)
        reader.reset()
        assert "File exists" in queries.index_health().snapshot_fault
        reader.directory(EmbeddingModel.objects.get()).unlink()
        assert actions.rebuild_snapshot(force=True)
        reader.reset()
        assert (found(listing), queries.index_health().snapshot_fault) == (True, "")

    def test_a_second_builder_gives_way_and_that_is_no_fault(
        self, listing: Listing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tried: list[bool] = []
        monkeypatch.setattr(engine, "build_snapshot", _with_a_rival(engine.build_snapshot, tried))
        assert actions.rebuild_snapshot(force=True)
        assert tried == [False]
        assert queries.index_health().snapshot_fault == ""

    def test_a_large_one_is_built_by_a_process_of_its_own(
        self, listing: Listing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        started: list[list[str]] = []
        monkeypatch.setattr(actions, "BUILT_AT_ONCE", 0)
        monkeypatch.setattr(actions.subprocess, "Popen", started.append)
        assert not actions.rebuild_snapshot(force=True, apart=True)
        assert started == [[sys.executable, "-m", "django", "rebuild_snapshot"]]
        call_command("rebuild_snapshot", nice=0)
        reader.reset()
        assert (found(listing), queries.index_health().snapshot_count) == (True, 0)


def _with_a_rival(build: Callable[..., None], tried: list[bool]) -> Callable[..., None]:
    """`build` during which another process, as it were, begins to build the same."""

    def built(directory: Path, batches: Iterator[Any], *rest: Any) -> None:
        def during() -> Iterator[Any]:
            if not tried:
                tried.append(True)
                tried[0] = actions.rebuild_snapshot(force=True)
            yield from batches

        build(directory, during(), *rest)

    return built


def test_rows_from_another_servers_dump_become_ours(cast: Cast) -> None:
    listing = publish(cast.hanbit, "drone")
    index()
    ListingVector.objects.update(transaction=2**62)
    actions.rebuild_snapshot(force=True)
    assert ListingVector.objects.get(listing=listing).transaction < 2**62
    assert found(listing)


def test_a_large_index_is_opened_in_the_background(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(cast.hanbit, "drone")
    index()
    opened: list[str] = []
    monkeypatch.setattr(reader, "ROWS_LOADED_AT_ONCE", 0)
    monkeypatch.setattr(reader.Reader, "_open_apart", lambda self, model: opened.append(model.name))
    assert reader.serving() is None
    assert opened == [EmbeddingModel.objects.get().name]
    assert queries.is_degraded()


def test_old_models_are_forgotten_in_time(cast: Cast) -> None:
    from datetime import timedelta

    from django.utils import timezone

    listing = publish(cast.hanbit, "drone")
    index()
    now = timezone.now()
    EmbeddingModel.objects.create(name="old", dimension=2, activated_at=now - timedelta(days=9))
    ListingVector.objects.create(listing=listing, model="old", vector=b"", transaction=1)
    actions.rebuild_snapshot()
    assert EmbeddingModel.objects.count() == 2
    EmbeddingModel.objects.exclude(name="old").update(completed_at=now - timedelta(days=2))
    actions.rebuild_snapshot()
    assert [model.name for model in EmbeddingModel.objects.all()] == [engine.document_encoder().name]
    assert ListingVector.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestTransactionsOutOfOrder:
    """A transaction that began before the reader's last look commits after it: its rows are not missed."""

    def test_a_late_commit_is_seen(self, cast: Cast) -> None:
        publish(cast.hanbit, "xray")
        index()  # the model is known, so that neither indexer waits for the other to announce it
        early, late = publish(cast.hanbit, "drone"), publish(cast.hanbit, "palm")
        started, go_on = threading.Event(), threading.Event()

        def slow_indexer() -> None:
            with transaction.atomic():
                actions.index_pending(listing_id=early.pk)
                started.set()
                go_on.wait(10)
            connections.close_all()

        thread = threading.Thread(target=slow_indexer)
        thread.start()
        assert started.wait(10)
        actions.index_pending(listing_id=late.pk)  # a younger transaction, committed first
        assert [found(early), found(late)] == [False, True]
        go_on.set()
        thread.join(10)
        assert [found(early), found(late)] == [True, True]

    def test_many_threads_read_while_one_writes(self, cast: Cast) -> None:
        listings = [publish(cast.hanbit, f"drone {number}") for number in range(20)]
        errors: list[BaseException] = []
        done = threading.Event()

        def read() -> None:
            try:
                while not done.is_set():
                    found(listings[0])
            except BaseException as error:
                errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for listing in listings:
            actions.index_pending(listing_id=listing.pk)
        done.set()
        for thread in threads:
            thread.join(10)
        assert errors == []
        assert all(found(listing) for listing in listings)


def test_the_database_has_an_identity_of_its_own() -> None:
    assert reader.database_identity() == reader.database_identity()
    own = connection.get_connection_params()
    with psycopg.connect(**{**own, "dbname": "postgres", "cursor_factory": None}) as other:
        row = other.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert row is not None
    assert not reader.database_identity().endswith(f"-{row[0]}")
