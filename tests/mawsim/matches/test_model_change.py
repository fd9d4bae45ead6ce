"""Another EMBEDDING_MODEL: listings are embedded anew by the sweep, and nobody who searches notices."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from mawsim.listings.models import Listing
from mawsim.matches import actions, indexing, queries, reader
from mawsim.matches.filters import Filters
from mawsim.matches.models import ListingVector
from mawsim.matches.queries import search
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish, write_model

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]


def ask(query: str) -> tuple[list[str], bool]:
    page = search(user=AnonymousUser(), query=query, language="en", filters=Filters())
    return [result.card.listing.title for result in page.results], page.degraded


def served_by() -> str:
    serving = reader.serving()
    assert serving is not None
    return serving.model.name


def test_the_old_index_serves_until_the_last_listing_is_embedded_anew(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    publish(cast.hanbit, "엑스레이")  # the oldest, so the last to be embedded
    for number in range(indexing.BATCH):
        publish(cast.vietcare, f"giọng {number}", body="suara")
    index()
    assert actions.rebuild_snapshot(force=True)
    old = served_by()
    # Only the meaning joins these: they share no word.
    assert ask("radiology") == (["엑스레이"], False)

    settings.EMBEDDING_MODEL = str(write_model(tmp_path / "other", seed=1))
    assert actions.index_pending(limit=1) == indexing.BATCH
    assert Listing.objects.filter(index_pending=True).count() == 1
    assert ListingVector.objects.exclude(model=old).count() == indexing.BATCH
    assert (served_by(), ask("radiology")) == (old, (["엑스레이"], False))
    assert queries.index_health().model == old

    assert actions.index_pending() == 1
    new = served_by()
    assert new != old
    assert ask("radiology") == (["엑스레이"], False)
    assert actions.rebuild_snapshot(force=True)
    assert ask("radiology") == (["엑스레이"], False)
    assert ListingVector.objects.filter(model=new).count() == indexing.BATCH + 1


def test_going_back_needs_only_what_changed_meanwhile(cast: Cast, settings: Any, tmp_path: Path) -> None:
    publish(cast.hanbit, "엑스레이")
    index()
    first, source = served_by(), settings.EMBEDDING_MODEL
    settings.EMBEDDING_MODEL = str(write_model(tmp_path / "other", seed=1))
    index()
    assert served_by() != first
    settings.EMBEDDING_MODEL = source
    index()
    assert served_by() == first
    assert ask("radiology") == (["엑스레이"], False)


def test_a_model_that_cannot_be_loaded_leaves_the_old_one_serving(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    publish(cast.hanbit, "엑스레이")
    index()
    old = served_by()
    broken = write_model(tmp_path / "broken", seed=1)
    (broken / "tokenizer.json").unlink()
    settings.EMBEDDING_MODEL = str(broken)
    publish(cast.hanbit, "음성")
    index()
    assert (served_by(), ask("radiology")) == (old, (["엑스레이"], False))
    # The newcomer is found by its words, and waits with the reason.
    assert Listing.objects.get(title="음성").search_document.error.endswith(
        "Restore the folder from the repository or run `python -m matching.training export` again."
    )
