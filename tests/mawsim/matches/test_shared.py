"""The index in Milvus, by one setting: the embedded milvus-lite stands in for a cluster."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from matching.errors import IndexUnavailable
from matching.index.milvus import MilvusIndex
from mawsim.listings.models import Listing, Status
from mawsim.matches import actions, queries, reader, shared
from mawsim.matches.filters import Filters
from mawsim.matches.models import EmbeddingModel
from mawsim.matches.search import search
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = str(tmp_path_factory.mktemp("milvus") / "index.db")
    yield path
    from milvus_lite.server_manager import server_manager_instance

    server_manager_instance.release_server(path)


@pytest.fixture(autouse=True)
def _switched(server: str, settings: Any, monkeypatch: pytest.MonkeyPatch, request: Any) -> None:
    settings.MILVUS_URL = server
    settings.MILVUS_INDEX = "FLAT"
    # Each test has a database of its own, as far as the index can tell.
    monkeypatch.setattr(reader, "database_identity", lambda: request.node.name)


def found(query: str, **filters: list[str]) -> list[Listing]:
    page = search(user=AnonymousUser(), query=query, filters=Filters.parse(filters)[0], language="en")
    assert not page.degraded
    return [result.card.listing for result in page.results]


def test_search_reads_the_shared_index(cast: Cast) -> None:
    drone, palm = publish(cast.hanbit, "drone"), publish(cast.vietcare, "palm drone")
    index()
    serving = reader.serving()
    assert serving is not None
    assert isinstance(serving.index, MilvusIndex)
    assert found("항공")[0] == drone
    assert found("항공", country=["VN"]) == [palm]
    health = queries.index_health()
    assert (health.snapshot_count, health.delta_count, health.snapshot_fault) == (2, 0, "")


def test_what_is_hidden_or_changed_follows_at_once(cast: Cast) -> None:
    listing = publish(cast.hanbit, "drone")
    index()
    Listing.objects.filter(pk=listing.pk).update(status=Status.ON_HOLD, revision=2, index_pending=True)
    index()
    assert len(reader.serving().index) == 0  # type: ignore[union-attr]
    Listing.objects.filter(pk=listing.pk).update(
        status=Status.PUBLISHED, title="palm", summary="palm", revision=3, index_pending=True
    )
    index()
    assert found("sawit") == [listing]


def test_the_full_pass_takes_out_what_was_deleted(cast: Cast) -> None:
    kept, gone = publish(cast.hanbit, "drone"), publish(cast.hanbit, "drone palm")
    index()
    gone.delete()
    assert len(reader.serving().index) == 2  # type: ignore[union-attr]
    assert found("drone") == [kept]  # the database has the last word
    assert actions.rebuild_snapshot()
    assert len(reader.serving().index) == 1  # type: ignore[union-attr]


def test_another_order_of_codes_gets_a_collection_of_its_own(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = publish(cast.hanbit, "drone")
    index()
    monkeypatch.setattr(reader, "database_identity", lambda: "restored elsewhere")
    reader.reset()
    assert reader.serving().partial  # type: ignore[union-attr]
    assert shared.catch_up(EmbeddingModel.objects.get())
    assert (found("drone"), reader.serving().partial) == ([listing], False)  # type: ignore[union-attr]


def test_while_milvus_is_away_words_are_searched_and_the_health_page_says_why(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = publish(cast.hanbit, "drone")
    index()
    assert found("drone") == [listing]
    serving = reader.serving()
    assert serving is not None

    def away(*args: object, **kwargs: object) -> None:
        raise OSError("connection refused")

    with monkeypatch.context() as cut:
        cut.setattr(serving.index._client, "search", away)
        cut.setattr(serving.index._client, "query", away)
        page = search(user=AnonymousUser(), query="drone", filters=Filters(), language="en")
        assert ([result.card.listing for result in page.results], page.degraded) == ([listing], True)
        assert "connection refused" in queries.index_health().snapshot_fault
    assert found("drone") == [listing]
    assert queries.index_health().snapshot_fault == ""


def test_without_a_server_the_listings_wait(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.MILVUS_URL = "http://127.0.0.1:9"
    listing = publish(cast.hanbit, "drone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MilvusIndex, "_connect", _refused)
        index()
        assert reader.serving() is None
        page = search(user=AnonymousUser(), query="drone", filters=Filters(), language="en")
        assert ([result.card.listing for result in page.results], page.degraded) == ([listing], True)


def _refused(*args: object) -> None:
    raise IndexUnavailable("nobody listens")
