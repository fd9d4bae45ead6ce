import pytest
from django.test import Client

from mawsim.accounts.models import User
from mawsim.listings import actions
from mawsim.listings.models import Field
from mawsim.matches.models import SearchDocument
from mawsim.translation.actions import Unit, remember
from mawsim.translation.models import MemoryUnit, State
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
    actions.set_translation(
        actor=cast.of(cast.hanbit),
        listing=published(cast),
        field=Field.TITLE,
        language="en",
        text="Our secret words",
    )
    remember([Unit("공개", "Everybody reads this", "ko", "en", State.REVIEWED)])
    page = admin.get("/admin/translation/memoryunit/").content.decode()
    assert "Everybody reads this" in page
    assert "Our secret words" not in page
    secret = MemoryUnit.objects.get(scope="organisation")
    assert admin.get(f"/admin/translation/memoryunit/{secret.pk}/change/").status_code == 302


def test_drafts_of_others_are_not_shown(cast: Cast, admin: Client) -> None:
    mine, public = draft(cast, title="아직 비밀인 초안"), published(cast)
    assert mine.title not in admin.get("/admin/listings/listing/").content.decode()
    assert admin.get(f"/admin/listings/listing/{mine.pk}/change/").status_code == 302
    assert admin.get(f"/admin/listings/listing/{public.pk}/change/").status_code == 200
    SearchDocument.objects.create(listing=mine, error="model is gone")
    page = admin.get("/admin/matches/searchdocument/").content.decode()
    assert mine.public_id in page
    assert mine.title not in page
    found = admin.get("/admin/matches/searchdocument/", {"q": mine.title}).content.decode()
    assert mine.public_id not in found
