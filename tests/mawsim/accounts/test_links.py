import pytest
from pytest_django import Settings

from mawsim.accounts import links


def test_the_language_prefix_falls_off() -> None:
    assert links.internal_path("/ko/listings/abc/?a=1#b") == "/listings/abc/?a=1#b"
    assert links.internal_path("/zh-hans/inbox/") == "/inbox/"
    assert links.internal_path("/inbox/") == "/inbox/"
    assert links.internal_path("/korea/") == "/korea/"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "inbox/",
        "",
        "javascript:x",
        "/a\nb",
        "/ko//evil.example/",
    ],
)
def test_what_leads_away_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not a path of this site"):
        links.internal_path(path)


def test_local_and_absolute_addresses(settings: Settings) -> None:
    settings.SITE_URL = "https://mawsim.example"
    assert links.local_path("/en/inbox/", "zh-Hans") == "/zh-hans/inbox/"
    assert links.absolute("/inbox/", "ar") == "https://mawsim.example/ar/inbox/"
