import pytest
from django.core.exceptions import ValidationError

from mawsim.accounts import validators


@pytest.mark.parametrize(
    "url", ["https://hanbit.example", "http://хост.example/a?b=1", "https://한빛.example:8443/"]
)
def test_web_addresses_pass(url: str) -> None:
    assert validators.web_address(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://hanbit.example",
        "//hanbit.example",
        "hanbit.example",
        "https://bank.example@evil.example/",
        "https://evil.example/\u202egnp.exe",
        "https:///x",
        "https://exa mple.com",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        validators.web_address(url)


@pytest.mark.parametrize("code", ["XX", "kr", "", "KOR", "EU", "ZZ"])
def test_unknown_countries_are_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        validators.country(code)


def test_names_need_known_languages_and_one_line_each() -> None:
    assert validators.names({"ko": "한빛", "ar": "هانبيت"}) is None
    for bad in (
        {"xx": "a"},
        ["ko"],
        {"ko": ""},
        {"ko": 5},
        {"ko": "a" * 161},
        {"ko": "a\u202eb"},
        {"ko": "a\nb"},
    ):
        with pytest.raises(ValidationError):
            validators.names(bad)


def test_time_zones() -> None:
    assert validators.time_zone("Asia/Seoul") is None
    for bad in ("Asia/Nowhere", "", "../../etc/passwd", "localtime"):
        with pytest.raises(ValidationError):
            validators.time_zone(bad)


def test_at_most_eight_sectors() -> None:
    assert validators.sectors(["a"] * 8) is None
    with pytest.raises(ValidationError):
        validators.sectors(["a"] * 9)


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u2800\u2800", "a\u202eb"])
def test_names_must_be_seen(name: str) -> None:
    with pytest.raises(ValidationError):
        validators.single_line(name)
