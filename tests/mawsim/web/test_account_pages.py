"""Every page of allauth that can be reached: in our frame, in every language, in its direction."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from mawsim.accounts.models import User
from mawsim.core import languages
from tests.mawsim.accounts.people import person

pytestmark = pytest.mark.usefixtures("db")
OPEN = [
    "login/",
    "signup/",
    "inactive/",
    "confirm-email/",
    "confirm-email/x:y:z/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/done/",
    "password/reset/key/1-abc/",
]
OWN = ["logout/", "email/", "password/change/", "reauthenticate/", "2fa/", "2fa/totp/activate/"]
PROTECTED = [
    "2fa/reauthenticate/",
    "2fa/totp/deactivate/",
    "2fa/recovery-codes/",
    "2fa/recovery-codes/generate/",
]


def logged_in(user: User) -> Client:
    """A client that has just given its password again: what is sensitive opens without asking."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.post("/en/account/reauthenticate/", {"password": "correct horse battery"})
    return client


def protected(user: User) -> str:
    """Switch the second factor on; returns its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_now(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


@pytest.mark.parametrize("language", ["en", "ko", "km", "he"])
@pytest.mark.parametrize("page", OPEN)
def test_open_pages(client: Client, page: str, language: str) -> None:
    answer = client.get(f"/{language}/account/{page}")
    assert answer.status_code == 200
    assert f'<html lang="{language}" dir="{languages.BY_CODE[language].dir}">' in answer.text
    assert 'class="site__brand"' in answer.text
    assert " style=" not in answer.text


@pytest.mark.parametrize("page", OWN)
def test_pages_of_ones_own(page: str) -> None:
    answer = logged_in(person("hoa@vietcare.example")).get(f"/ar/account/{page}")
    assert answer.status_code == 200
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert " style=" not in answer.text


@pytest.mark.parametrize("page", PROTECTED)
def test_pages_of_the_second_factor(page: str) -> None:
    user = person("hoa@vietcare.example")
    client = logged_in(user)
    protected(user)
    answer = client.get(f"/en/account/{page}")
    assert answer.status_code == 200
    assert 'class="site__brand"' in answer.text


@pytest.mark.parametrize("page", [*OWN, *PROTECTED])
def test_strangers_are_led_to_the_login(client: Client, page: str) -> None:
    answer = client.get(f"/en/account/{page}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(("/en/account/login/", "/en/"))


def test_switching_the_second_factor_on_and_logging_in_with_it() -> None:
    user = person("hoa@vietcare.example")
    client = logged_in(user)
    page = client.get("/en/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert secret in page.text
    assert "This code is not right" in client.post("/en/account/2fa/totp/activate/", {"code": "000000"}).text
    client.post("/en/account/2fa/totp/activate/", {"code": code_now(secret)})
    assert {row.type for row in Authenticator.objects.all()} == {"totp", "recovery_codes"}
    codes = client.get("/en/account/2fa/recovery-codes/").context["unused_codes"]

    fresh = Client()
    form = {"login": user.email, "password": "correct horse battery"}
    step = fresh.post("/en/account/login/", form)
    assert step.headers["Location"] == "/en/account/2fa/authenticate/"
    assert "_auth_user_id" not in fresh.session
    assert "recovery code" in fresh.get("/en/account/2fa/authenticate/").text
    fresh.post("/en/account/2fa/authenticate/", {"code": codes[0]})
    assert fresh.session["_auth_user_id"] == str(user.pk)


def test_changes_of_the_second_factor_ask_for_the_password_again() -> None:
    user = person("hoa@vietcare.example")
    protected(user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/en/account/2fa/recovery-codes/")
    assert "reauthenticate" in answer.headers["Location"]


def test_the_admin_has_no_login_of_its_own(client: Client) -> None:
    answer = client.get("/admin/login/")
    assert answer.status_code == 302
    assert "/account/login/" in answer.headers["Location"]
