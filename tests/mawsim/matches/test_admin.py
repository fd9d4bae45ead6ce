"""The operators' pages show the index and change nothing."""

from collections.abc import Callable

import pytest
from django.test import Client

from mawsim.accounts.models import User
from mawsim.matches.models import Feedback, SavedSearch, SearchDocument
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish


@pytest.mark.usefixtures("engine_room")
def test_pages_show_and_do_not_change(cast: Cast, client_of: Callable[[User | None], Client]) -> None:
    root = User.objects.create_superuser("root@mawsim.example")
    listing = publish(cast.hanbit, "drone")
    index()
    SearchDocument.objects.update(error="model is gone")
    Feedback.objects.create(organisation=cast.zayed, listing=listing, verdict="shortlisted")
    saved = SavedSearch.objects.create(user=root, name="n", query="private words", language="en")
    client = client_of(root)
    for name in ("embeddingmodel", "searchdocument", "feedback", "savedsearch"):
        assert client.get(f"/admin/matches/{name}/").status_code == 200
        assert client.get(f"/admin/matches/{name}/add/").status_code == 403
    assert "model is gone" in client.get("/admin/matches/searchdocument/?failed=1").content.decode()
    assert "model is gone" not in client.get("/admin/matches/searchdocument/?failed=0").content.decode()
    page = client.get(f"/admin/matches/savedsearch/{saved.pk}/change/").content.decode()
    assert "private words" not in page
    assert client.post(f"/admin/matches/savedsearch/{saved.pk}/delete/").status_code == 403
