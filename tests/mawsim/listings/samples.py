"""Listings for tests: complete content that passes every rule, and a shortcut to stored ones."""

from typing import Any

from mawsim.accounts.models import Organisation, Role
from mawsim.listings import actions
from mawsim.listings.models import Listing
from tests.conftest import Cast

KOREAN: dict[str, Any] = {
    "kind": "offer",
    "pillar": "technology",
    "further_pillars": [],
    "source_language": "ko",
    "title": "흉부 엑스레이 판독 보조 AI",
    "summary": "흉부 엑스레이에서 결핵과 폐암 의심 소견을 3초 안에 표시해 판독 시간을 줄여 드립니다.",
    "body": "국내 병원 40곳에서 쓰고 있습니다. 민감도는 97.2%이며 인터넷 없이도 동작합니다.",
    "sectors": ["healthcare"],
    "technologies": ["medical-imaging"],
    "partnership_types": ["distribution", "pilot"],
    "target_countries": ["VN", "ID"],
    "stage": 9,
    "details": {"ipr_status": "patent_granted", "deployment": ["on_premises", "edge"]},
}
VIETNAMESE: dict[str, Any] = {
    "kind": "need",
    "pillar": "technology",
    "further_pillars": [],
    "source_language": "vi",
    "title": "Cần giải pháp sàng lọc lao phổi",
    "summary": "Chúng tôi vận hành 12 bệnh viện và cần phần mềm đọc phim X-quang phổi để sàng lọc lao.",
    "body": "",
    "sectors": ["healthcare"],
    "technologies": [],
    "partnership_types": ["procurement"],
    "target_countries": ["KR"],
    "stage": None,
    "details": {},
}


def draft(cast: Cast, organisation: Organisation | None = None, **changed: Any) -> Listing:
    """A draft of the Korean firm, or of another organisation."""
    organisation = organisation or cast.hanbit
    content = {**(VIETNAMESE if organisation == cast.vietcare else KOREAN), **changed}
    return actions.save_listing(
        actor=cast.of(organisation, Role.EDITOR),
        organisation=organisation,
        language_confirmed=True,
        **content,
    )


def in_review(cast: Cast, organisation: Organisation | None = None, **changed: Any) -> Listing:
    listing = draft(cast, organisation, **changed)
    return actions.submit(actor=cast.of(listing.organisation, Role.EDITOR), listing=listing)


def published(cast: Cast, organisation: Organisation | None = None, **changed: Any) -> Listing:
    return actions.publish(actor=cast.operator, listing=in_review(cast, organisation, **changed))
