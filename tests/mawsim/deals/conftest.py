"""An open listing of the Korean firm, and steps that bring a deal to where a test begins."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from mawsim.accounts.models import Organisation, Role
from mawsim.deals import actions
from mawsim.deals.models import Conversation, Interest
from mawsim.listings.models import Kind, Listing, Status
from tests.conftest import Cast

PURPOSE = "Chúng tôi muốn thử nghiệm hệ thống tại ba bệnh viện ở Hà Nội."


@pytest.fixture
def make_listing() -> Callable[..., Listing]:
    def make(organisation: Organisation, **fields: object) -> Listing:
        now = timezone.now()
        defaults = {
            "kind": Kind.OFFER,
            "pillar": "technology",
            "source_language": organisation.language,
            "title": "흉부 CT 판독 보조 인공지능",
            "summary": "폐 결절을 찾아 판독 시간을 줄입니다.",
            "status": Status.PUBLISHED,
            "published_at": now,
            "expires_at": now + timedelta(days=300),
        }
        return Listing.objects.create(organisation=organisation, **(defaults | fields))

    return make


@pytest.fixture
def listing(cast: Cast, make_listing: Callable[..., Listing]) -> Listing:
    return make_listing(cast.hanbit)


@pytest.fixture
def interest(cast: Cast, listing: Listing) -> Interest:
    """VietCare's, in Hanbit's listing."""
    return express(cast, listing)


@pytest.fixture
def conversation(cast: Cast, interest: Interest) -> Conversation:
    return actions.accept(actor=cast.of(cast.hanbit, Role.EDITOR), interest=interest)


def express(
    cast: Cast, listing: Listing, organisation: Organisation | None = None, **fields: object
) -> Interest:
    organisation = organisation or cast.vietcare
    defaults = {"purpose": PURPOSE, "language": "vi", "submission_token": uuid4()}
    return actions.express_interest(
        actor=cast.of(organisation, Role.EDITOR),
        organisation=organisation,
        listing=listing,
        **(defaults | fields),
    )


def post(cast: Cast, conversation: Conversation, organisation: Organisation, text: str, language: str = "en"):
    return actions.post_message(
        actor=cast.of(organisation, Role.EDITOR),
        conversation=conversation,
        organisation=organisation,
        text=text,
        language=language,
        submission_token=uuid4(),
    )
