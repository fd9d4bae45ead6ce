"""A browser, a served site and a worker: nothing in between is replaced."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import worker

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# Playwright's synchronous interface runs an event loop, in which Django would refuse to query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; .ci/run installs it.")
        pytest.skip("Chromium is not installed (Debian's package is called chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def site_worker(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    with worker.running(tmp_path / "worker.log"):
        yield


class Visitor:
    """One person with a browser of their own. Every page is watched for script errors."""

    def __init__(self, browser: Browser, base: str, language: str) -> None:
        self.context: BrowserContext = browser.new_context(locale=language, base_url=base)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def go(self, path: str) -> None:
        response = self.page.goto(path)
        assert response is not None
        assert response.ok, f"{path}: {response.status}"

    def fill(self, **fields: str) -> None:
        """Fill the controls with these names."""
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)

    def submit(self, selector: str) -> None:
        """Press a button of the main part and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.locator("main").locator(selector).first.click()


@pytest.fixture
def visitor(browser: Browser, live_server: object) -> Iterator[object]:
    visitors: list[Visitor] = []

    def arrive(language: str) -> Visitor:
        visitors.append(Visitor(browser, str(live_server), language))
        return visitors[-1]

    yield arrive
    for one in visitors:
        one.context.close()
        assert one.errors == []
