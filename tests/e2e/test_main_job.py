"""The main job as people do it: post in Korean, be found in Vietnamese and Arabic, make contact."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.test import override_settings

from mawsim.accounts.models import User
from tests.e2e.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "moon-tide-harbour-7"
TITLE = "흉부 엑스레이 판독 보조 인공지능"
SUMMARY = (
    "흉부 엑스레이 영상에서 폐결핵과 폐결절을 3초 안에 찾아내어 의사의 판독을 돕는 소프트웨어입니다. "
    "영상의학과 전문의가 부족한 병원에서 하루 500건까지 처리합니다."
)
BODY = (
    "국내 병원 40곳에서 사용 중이며 식약처 허가를 받았습니다. "
    "현지 병원과 실증 사업을 함께할 파트너를 찾습니다."
)


@pytest.fixture
def mail(tmp_path: Path) -> object:
    """Mail goes to files, as on a fresh installation (the test runner would keep it in memory)."""
    folder = tmp_path / "mail"
    backend = "django.core.mail.backends.filebased.EmailBackend"
    with override_settings(EMAIL_BACKEND=backend, EMAIL_FILE_PATH=folder):
        yield folder


def _link(folder: Path, address: str, pattern: str) -> str:
    """The path of the newest link of this kind in a mail to the address."""
    for path in sorted(folder.glob("*"), key=lambda one: one.stat().st_mtime, reverse=True):
        message = message_from_bytes(path.read_bytes().split(b"\n" + b"-" * 79)[0], policy=policy.default)
        if address in message["To"]:
            body = message.get_body(("plain",))
            assert body is not None
            found = re.search(pattern, body.get_content())
            if found:
                return urlsplit(found.group()).path
    raise AssertionError(f"no mail to {address} has a link like {pattern}")


def _join(visitor: Visitor, mail: Path, language: str, address: str, **organisation: str) -> None:
    """Sign up, confirm the address by the mailed link, add the organisation."""
    visitor.go(f"/{language}/account/signup/")
    visitor.fill(name="김하나", email=address, password1=PASSWORD, password2=PASSWORD)
    visitor.submit("button.btn--primary")
    visitor.go(_link(mail, address, r"http\S+confirm-email\S+"))
    visitor.submit("button.btn--primary")
    visitor.go(f"/{language}/organisations/new/")
    page = visitor.page
    page.locator(f"main input[name=kind][value={organisation['kind']}]").check()
    visitor.fill(name=organisation["name"])
    page.locator("main select[name=country]").select_option(organisation["country"])
    visitor.submit("button.btn--primary")


def _post(visitor: Visitor) -> None:
    """Write an offer in Korean and send it for review."""
    visitor.go("/ko/listings/new/")
    page = visitor.page
    page.locator("main input[name=kind][value=offer]").check()
    page.locator("main input[name=pillar][value=technology]").check()
    page.locator("main select[name=source_language]").select_option("ko")
    visitor.fill(title=TITLE, summary=SUMMARY, body=BODY)
    for name, value in (("sectors", "healthcare"), ("technologies", "medical-imaging")):
        page.locator(f"main input[name={name}][value={value}]").evaluate("box => { box.checked = true; }")
    visitor.submit("button[name=then][value=submit]")
    assert page.locator("main .field__error").all_inner_texts() == []


def _approve(visitor: Visitor) -> None:
    address = "operator@mawsim.example"
    operator = User.objects.create_user(address, PASSWORD, is_staff=True, name="Operator")
    EmailAddress.objects.create(user=operator, email=address, verified=True, primary=True)
    visitor.go("/en/account/login/")
    visitor.fill(login=address, password=PASSWORD)
    visitor.submit("button.btn--primary")
    visitor.go("/en/review/")
    visitor.page.get_by_text(TITLE).first.click()
    visitor.submit("button[value=publish]")


def _find(visitor: Visitor, language: str, query: str) -> None:
    """Search until the worker has indexed the offer; it must then be the first result."""
    for _ in range(60):
        visitor.go(f"/{language}/search/?q={query}")
        results = visitor.page.locator("main article, main .card").filter(has_text=TITLE)
        if results.count():
            return
        visitor.page.wait_for_timeout(500)
    raise AssertionError(f"{query} does not find the offer")


@pytest.mark.django_db(transaction=True)
def test_from_a_korean_post_to_a_vietnamese_message(
    site_worker: None, visitor: Callable[[str], Visitor], mail: Path
) -> None:
    korean, vietnamese, arab, operator = (visitor(code) for code in ("ko-KR", "vi-VN", "ar-AE", "en-GB"))
    _join(korean, mail, "ko", "hana@hanbit.example", kind="korean_firm", name="한빛의료", country="KR")
    _post(korean)
    _approve(operator)

    _find(arab, "ar", "برنامج لقراءة صور الأشعة السينية للصدر")
    assert arab.page.locator("html").get_attribute("dir") == "rtl"

    _join(vietnamese, mail, "vi", "lan@vietcare.example", kind="partner", name="Y tế VietCare", country="VN")
    _find(vietnamese, "vi", "phần mềm hỗ trợ đọc phim X-quang phổi cho bệnh viện")
    vietnamese.page.get_by_text(TITLE).first.click()
    vietnamese.page.locator("main a[href$='/interest/']").first.click()
    vietnamese.fill(purpose="Chúng tôi có 12 bệnh viện và muốn thử nghiệm phần mềm này trong quý tới.")
    vietnamese.submit("button.btn--primary")

    korean.go("/ko/inbox/")
    korean.page.locator("main a[href*='/interests/']").first.click()
    korean.submit("button[name=decision][value=accept]")
    if "/conversations/" not in korean.page.url:
        korean.page.locator("main a[href*='/conversations/']").first.click()
    korean.fill(text="반갑습니다. 다음 주 화요일에 화상 회의가 가능하신가요?")
    korean.submit("form.composer button.btn--primary")

    vietnamese.go("/vi/notifications/")
    assert vietnamese.page.locator("main li").count() >= 2
    vietnamese.go("/vi/inbox/?box=sent")
    vietnamese.page.locator("main a[href*='/conversations/'], main a[href*='/interests/']").first.click()
    if "/conversations/" not in vietnamese.page.url:
        vietnamese.page.locator("main a[href*='/conversations/']").first.click()
    assert "화상 회의가 가능하신가요" in vietnamese.page.locator("main").inner_text()
