"""Translations in a real browser: in place on the listing's page, and by keyboard on the workbench."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from mawsim.accounts.models import Role, User
from mawsim.listings.models import Listing, TranslationSuggestion
from mawsim.translation.actions import Unit, remember
from mawsim.translation.models import State
from tests.conftest import Cast
from tests.e2e.conftest import Visitor
from tests.mawsim.web.test_translations import ENGLISH, path, translated

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _log_in(visitor: Visitor, user: User, base: str) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": value,
                "domain": urlsplit(base).hostname,
                "path": "/",
            }
        ]
    )


@pytest.fixture
def listing(transactional_db: None, cast: Cast) -> Listing:
    return translated(cast)


def test_a_reader_suggests_in_place(
    cast: Cast, listing: Listing, visitor: Callable[[str], Visitor], live_server: object
) -> None:
    reader = visitor("en")
    _log_in(reader, cast.of(cast.vietcare, Role.VIEWER), str(live_server))
    reader.go(f"/en/listings/{listing.public_id}/")
    reader.page.locator(f'a[hx-get="{path(listing)}"]').click()
    box = reader.page.locator("#better-body")
    expect(box).to_have_value(ENGLISH)
    box.fill(ENGLISH.replace("Used", "In use"))
    reader.submit("#sentences-body button.btn--primary")
    assert TranslationSuggestion.objects.get().text == ENGLISH.replace("Used", "In use")


def test_a_reviewer_works_by_keyboard(
    cast: Cast, listing: Listing, visitor: Callable[[str], Visitor], live_server: object
) -> None:
    remember([Unit("국내 병원 30곳에서 쓰고 있습니다.", "30 hospitals use it.", "ko", "en", State.REVIEWED)])
    reviewer = visitor("en")
    _log_in(reviewer, cast.operator, str(live_server))
    reviewer.go(path(listing, "en/body/edit/"))
    page, keys = reviewer.page, reviewer.page.keyboard
    expect(page.locator("#t1")).to_be_focused()
    expect(page.locator('[data-hit="1"] [data-words]')).to_have_text("30 hospitals use it.")
    keys.press("Alt+Digit1")
    expect(page.locator("#t1")).to_have_value("30 hospitals use it.")
    expect(page.locator("#problems-1")).to_contain_text("A figure, date or name is missing: 4")
    page.locator("#t1").fill("40 hospitals use it.")
    expect(page.locator("#problems-1")).to_have_text("Checks passed")
    keys.press("Alt+ArrowDown")
    expect(page.locator("#t2")).to_be_focused()
    expect(page.locator("[data-line]").nth(1)).to_contain_text("The memory holds nothing similar.")
    with page.expect_navigation():
        keys.press("Control+Enter")
    row = listing.translations.get(field="body", language="en")
    assert (row.text, row.state) == (
        "40 hospitals use it. The sensitivity is 97.2%, without internet.",
        State.REVIEWED,
    )
