import stat
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from mawsim.accounts.models import Organisation
from mawsim.demo.loader import AlreadyFilled, load
from mawsim.listings.models import Listing, ListingTranslation, Status

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_demo_fills_an_empty_database_once(
    settings: LazySettings, tmp_path: Path, client: Client
) -> None:
    settings.VAR_DIR = tmp_path
    loaded = load()
    assert loaded.organisations == Organisation.objects.count()
    assert loaded.listings == Listing.objects.filter(status=Status.PUBLISHED).count() >= 180
    assert not ListingTranslation.objects.exclude(state="reviewed").exists()
    with pytest.raises(AlreadyFilled):
        load()

    assert stat.S_IMODE(loaded.logins_file.stat().st_mode) == 0o600
    email, password = loaded.logins_file.read_text(encoding="utf-8").split()[:2]
    answer = client.post("/en/account/login/", {"login": email, "password": password})
    assert answer["Location"] == "/en/home/"
    page = client.get("/en/home/").content.decode()
    assert "Hanbit Vision" in page
