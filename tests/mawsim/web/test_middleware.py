"""What comes in is cleaned, and pages come in the reader's language."""

from io import BytesIO

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("query", [b"q=%00", b"q=%ff%fe", b"%ff=1"])
def test_unreadable_text_is_refused_before_any_view(client: Client, query: bytes) -> None:
    response = client.get("/en/search/", QUERY_STRING=query.decode())
    assert response.status_code == 400
    assert "not readable text" in response.content.decode()


def test_invalid_utf8_in_a_form_is_refused(client: Client) -> None:
    response = client.post("/en/language/", b"language=%ff", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400


def test_a_ten_megabyte_body_is_refused(client: Client) -> None:
    body = b"language=" + b"a" * 10_000_000
    response = client.post("/en/language/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413


def test_a_large_file_is_refused_like_a_large_body(client: Client) -> None:
    response = client.post("/en/language/", {"file": BytesIO(b"a" * 1_500_000)})
    assert response.status_code == 413


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "utf-16"])
def test_another_declared_charset_changes_nothing(client: Client, charset: str) -> None:
    response = client.get("/en/search/?q=%5Cud800%2B2AA-", CONTENT_TYPE=f"text/plain; charset={charset}")
    assert response.status_code == 200
    assert r'value="\ud800+2AA-"' in response.content.decode()


def test_a_session_key_that_cannot_be_looked_up_is_refused(client: Client) -> None:
    response = client.get("/en/how-it-works/", HTTP_COOKIE=r'sessionid="\000\000\000\000\000\000\000\000"')
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("accepted", "prefix"),
    [
        ("vi-VN,vi;q=0.9", "/vi/"),
        ("iw,en;q=0.5", "/he/"),
        ("in", "/id/"),
        ("fil-PH", "/tl/"),
        ("zh-CN", "/zh-hans/"),
        ("lo", "/lo/"),
        ("de", "/en/"),
    ],
)
def test_the_browser_language_leads_to_its_pages(client: Client, accepted: str, prefix: str) -> None:
    assert client.get("/", HTTP_ACCEPT_LANGUAGE=accepted)["Location"] == prefix


def test_the_chosen_language_is_remembered(client: Client) -> None:
    response = client.post("/en/language/", {"language": "km", "next": "/en/how-it-works/"})
    assert response["Location"] == "/km/how-it-works/"
    assert client.get("/", HTTP_ACCEPT_LANGUAGE="vi")["Location"] == "/km/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_language_switch_leads_nowhere_else(client: Client, target: str) -> None:
    assert client.post("/en/language/", {"language": "ko", "next": target})["Location"].startswith("/")
    assert "evil" not in client.post("/en/language/", {"language": "ko", "next": target})["Location"]


def test_pages_name_language_and_direction(client: Client) -> None:
    assert '<html lang="ar" dir="rtl">' in client.get("/ar/how-it-works/").content.decode()
    assert '<html lang="zh-Hans" dir="ltr">' in client.get("/zh-hans/how-it-works/").content.decode()


def test_no_inline_script_is_allowed(client: Client) -> None:
    policy = client.get("/en/how-it-works/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
