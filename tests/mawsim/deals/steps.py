"""Steps that bring a deal to where a test begins."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from mawsim.accounts.models import Organisation, Role
from mawsim.deals import actions
from mawsim.deals.models import Conversation, Interest, Message
from mawsim.listings.models import Kind, Listing, Status
from tests.conftest import Cast

PURPOSE = "Chúng tôi muốn thử nghiệm hệ thống tại ba bệnh viện ở Hà Nội."


def new_listing(organisation: Organisation, **fields: object) -> Listing:
    """Published and open for interest."""
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


def post(
    cast: Cast, conversation: Conversation, organisation: Organisation, text: str, language: str = "en"
) -> Message:
    return actions.post_message(
        actor=cast.of(organisation, Role.EDITOR),
        conversation=conversation,
        organisation=organisation,
        text=text,
        language=language,
        submission_token=uuid4(),
    )
