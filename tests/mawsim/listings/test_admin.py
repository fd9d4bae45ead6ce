import pytest
from django.test import Client

from mawsim.accounts.models import User
from mawsim.listings import actions
from mawsim.listings.models import Field
from mawsim.translation.models import MemoryUnit
from tests.conftest import Cast
from tests.mawsim.listings.samples import draft, published


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    user = User.objects.create_superuser("root@mawsim.example", "x")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_listings_are_shown_and_not_changed(cast: Cast, admin: Client) -> None:
    listing = published(cast)
    assert listing.title in admin.get("/admin/listings/listing/").content.decode()
    path = f"/admin/listings/listing/{listing.pk}/change/"
    assert admin.get(path).status_code == 200
    assert admin.post(path, {"title": "x"}).status_code == 403
    assert admin.get("/admin/listings/listing/add/").status_code == 403


def test_confidential_units_of_the_memory_are_not_shown(cast: Cast, admin: Client) -> None:
    for listing, text in ((published(cast), "Everybody reads this"), (draft(cast), "Our secret words")):
        actions.set_translation(
            actor=cast.of(cast.hanbit), listing=listing, field=Field.TITLE, language="en", text=text
        )
    page = admin.get("/admin/translation/memoryunit/").content.decode()
    assert "Everybody reads this" in page
    assert "Our secret words" not in page
    secret = MemoryUnit.objects.get(scope="organisation")
    assert admin.get(f"/admin/translation/memoryunit/{secret.pk}/change/").status_code == 302
