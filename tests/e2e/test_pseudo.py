"""Nothing is cut off when every message is half as long again as in English, on a phone and on a desk."""

from collections.abc import Callable

import pytest

from tests.conftest import Cast
from tests.e2e.conftest import Visitor
from tests.mawsim.listings.samples import published
from tests.pseudo import START, speaking

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Texts that are cut off, and whatever makes the page wider than the window.
CUT_OFF = """() => {
  const found = [];
  const wanted = "a, button, label, summary, h1, h2, h3, p, li, dt, dd, th, .badge";
  for (const part of document.querySelectorAll(wanted)) {
    if (!part.checkVisibility() || part.closest(".visually-hidden, .table, .skip")) continue;
    if (part.getBoundingClientRect().width <= 1) continue;
    const style = getComputedStyle(part);
    const hides = style.overflowX !== "visible" || style.textOverflow === "ellipsis";
    if (hides && part.scrollWidth > part.clientWidth + 1) found.push(`cut: ${part.textContent.trim()}`);
    const box = part.getBoundingClientRect();
    if (box.right > innerWidth + 1 || box.left < -1) found.push(`outside: ${part.textContent.trim()}`);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) found.push("the page is wider than the window");
  return [...new Set(found)].slice(0, 5);
}"""
PAGES = [
    "",
    "how-it-works/",
    "search/",
    "fields/",
    "listings/{listing}/",
    "listings/{listing}/translations/LANGUAGE/title/",
    "organisations/{organisation}/",
    "account/login/",
    "account/signup/",
]


@pytest.mark.parametrize("language", ["th", "ar"])
@pytest.mark.parametrize("width", [360, 1280])
def test_long_messages_have_room(
    language: str, width: int, transactional_db: None, cast: Cast, visitor: Callable[[str], Visitor]
) -> None:
    listing = published(cast)
    guest = visitor(language)
    guest.page.set_viewport_size({"width": width, "height": 800})
    found = {}
    with speaking(language):
        for path in PAGES:
            filled = path.replace("LANGUAGE", language)
            guest.go(
                f"/{language}/{filled.format(listing=listing.public_id, organisation=cast.hanbit.public_id)}"
            )
            assert START in guest.page.content()
            if left := guest.page.evaluate(CUT_OFF):
                found[path] = left
        if width < 500:
            guest.page.locator(".site__toggle").click()
            if left := guest.page.evaluate(CUT_OFF):
                found["menu"] = left
    assert found == {}, "\n".join(f"{path}: {texts}" for path, texts in found.items())


def test_what_is_cut_off_is_found(transactional_db: None, visitor: Callable[[str], Visitor]) -> None:
    page = visitor("en").page
    page.set_viewport_size({"width": 360, "height": 800})
    style = "inline-size: 4rem; overflow: hidden; white-space: nowrap"
    page.set_content(f'<p style="{style}">Far too long for this</p><p style="inline-size: 50rem">Wide</p>')
    assert page.evaluate(CUT_OFF) == [
        "cut: Far too long for this",
        "outside: Wide",
        "the page is wider than the window",
    ]
