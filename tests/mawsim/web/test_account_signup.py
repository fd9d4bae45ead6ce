"""Sign-up, login and passwords as a newcomer meets them, with the mails that are really written."""

import re

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.test import Client
from pytest_django import Settings

from mawsim.accounts.models import User
from tests.conftest import Cast
from tests.mawsim.accounts.people import person

pytestmark = pytest.mark.usefixtures("db")
PASSWORD = "correct horse battery"
FORM = {
    "name": "Nguyễn Thị Hoa",
    "email": "hoa@vietcare.example",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "language": "vi",
}


def link_in(message: mail.EmailMessage) -> str:
    """The path of the link in a mail of ours."""
    return re.search(r"https?://[^/]+(/\S+)", message.body).group(1)


def sign_up(client: Client, **changes: str) -> str:
    client.post("/vi/account/signup/", FORM | changes)
    return link_in(mail.outbox[-1])


@pytest.mark.parametrize("language", ["ko", "ar", "km"])
def test_the_page_offers_its_own_language(client: Client, language: str) -> None:
    page = client.get(f"/{language}/account/signup/")
    assert page.context["form"]["language"].value() == language
    assert f'<option value="{language}" selected>' in page.text


def test_from_sign_up_to_the_first_organisation(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://mawsim.example"
    sent = client.post("/vi/account/signup/", FORM)
    assert sent.headers["Location"] == "/vi/account/confirm-email/"
    assert client.get(sent.headers["Location"]).status_code == 200
    user = User.objects.get()
    assert (user.name, user.language, user.time_zone) == ("Nguyễn Thị Hoa", "vi", "Asia/Ho_Chi_Minh")
    (message,) = mail.outbox
    assert message.to == ["hoa@vietcare.example"]
    assert message.body.count("https://mawsim.example/vi/account/confirm-email/") == 1
    confirmed = client.post(link_in(message))
    assert confirmed.headers["Location"] == "/vi/organisations/new/"
    assert client.get("/vi/organisations/new/").status_code == 200
    assert EmailAddress.objects.get().verified


def test_the_link_works_once(client: Client) -> None:
    link = sign_up(client)
    client.post(link)
    again = Client().get(link)
    assert again.status_code == 200
    assert "This link no longer works" in Client().get(link.replace("/vi/", "/en/")).text
    assert Client().post(link).status_code == 404


def test_an_expired_or_forged_link_gets_a_clear_page(client: Client, settings: Settings) -> None:
    link = sign_up(client)
    settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 0
    for dead in (link.replace("/vi/", "/en/"), "/en/account/confirm-email/abc:def:ghi/"):
        page = client.get(dead)
        assert page.status_code == 200
        assert "This link no longer works" in page.text
    assert not EmailAddress.objects.get().verified


def test_somebody_elses_link_does_not_log_in(client: Client) -> None:
    link = sign_up(client)
    other = Client()
    assert other.post(link).headers["Location"] == "/vi/account/login/"
    assert "_auth_user_id" not in other.session


def test_nobody_logs_in_unconfirmed(client: Client) -> None:
    sign_up(client)
    other = Client()
    answer = other.post("/vi/account/login/", {"login": FORM["email"], "password": PASSWORD})
    assert answer.headers["Location"] == "/vi/account/confirm-email/"
    assert "_auth_user_id" not in other.session


def test_a_taken_address_is_not_betrayed(client: Client) -> None:
    person("hoa@vietcare.example", language="ko")
    answer = client.post("/vi/account/signup/", FORM)
    assert answer.headers["Location"] == "/vi/account/confirm-email/"
    assert User.objects.count() == 1
    assert "/account/password/reset/" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "Hoa\u202egnp"),
        ("email", "not an address"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("password1", "short"),
        ("password1", "password1234"),
        ("password2", "something else"),
        ("language", "xx"),
    ],
)
def test_bad_input_stores_nothing_and_loses_nothing(client: Client, field: str, value: str) -> None:
    answer = client.post("/en/account/signup/", FORM | {field: value})
    assert answer.status_code == 200
    shown = "password2" if field == "password1" and not answer.context["form"].errors.get(field) else field
    assert shown in answer.context["form"].errors
    assert User.objects.count() == 0
    assert mail.outbox == []
    if field != "name":
        assert 'value="Nguyễn Thị Hoa"' in answer.text


def test_html_in_a_name_is_text(client: Client) -> None:
    client.post(sign_up(client, name="<script>alert(1)</script>"))
    page = client.get("/en/settings/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_mail_server_that_is_down_is_told_and_breaks_nothing(client: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = client.post("/en/account/signup/", FORM, follow=True)
    assert page.status_code == 200
    assert "The e-mail could not be sent just now." in page.text
    assert User.objects.count() == 1


def test_guessing_passwords_is_slowed_down(client: Client) -> None:
    person("hoa@vietcare.example")
    wrong = {"login": "hoa@vietcare.example", "password": "wrong"}
    for _ in range(5):
        page = client.post("/en/account/login/", wrong)
        assert "The e-mail address or the password is not right." in page.text
    page = client.post("/en/account/login/", wrong | {"password": PASSWORD})
    assert "Too many attempts." in page.text
    assert "_auth_user_id" not in client.session


def test_too_many_sign_ups_get_the_page_of_the_limit(client: Client) -> None:
    for number in range(10):
        client.post("/en/account/signup/", FORM | {"email": f"p{number}@new.example"})
    assert client.post("/en/account/signup/", FORM).status_code == 429
    assert User.objects.count() == 10


def test_a_forgotten_password(client: Client) -> None:
    user = person("hoa@vietcare.example", language="ar")
    client.post("/vi/account/password/reset/", {"email": "hoa@vietcare.example"})
    (message,) = mail.outbox
    link = link_in(message)
    assert link.startswith("/ar/account/password/reset/key/")  # the recipient's language, not the asker's
    form = client.get(link).headers["Location"]
    done = client.post(form, {"password1": "another good one", "password2": "another good one"})
    assert done.headers["Location"] == "/ar/account/password/reset/key/done/"
    assert client.get(done.headers["Location"]).status_code == 200
    user.refresh_from_db()
    assert user.check_password("another good one")
    assert len(mail.outbox) == 2  # the person is told of the change
    assert "This link no longer works" in Client().get(link.replace("/ar/", "/en/")).text


def test_an_unknown_address_gets_the_same_answer(client: Client) -> None:
    answers = [
        client.post("/en/account/password/reset/", {"email": address}).headers["Location"]
        for address in ("nobody@vietcare.example", person("hoa@vietcare.example").email)
    ]
    assert answers == ["/en/account/password/reset/done/"] * 2


def test_login_leads_home_and_out_again(cast: Cast, client: Client) -> None:
    minji = person("minji@hanbit.example")
    cast.hanbit.memberships.create(user=minji, role="editor")
    answer = client.post("/ko/account/login/", {"login": "MINJI@hanbit.example", "password": PASSWORD})
    assert answer.headers["Location"] == "/ko/home/"
    assert client.post("/ko/account/logout/").headers["Location"] == "/ko/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
def test_login_never_leads_off_the_site(cast: Cast, client: Client, target: str) -> None:
    minji = person("minji@hanbit.example")
    cast.hanbit.memberships.create(user=minji, role="editor")
    form = {"login": minji.email, "password": PASSWORD, "next": target}
    assert client.post("/en/account/login/", form).headers["Location"] == "/en/home/"


def test_a_new_address_replaces_the_old_one_once_confirmed(client: Client) -> None:
    user = person("hoa@vietcare.example", language="en")
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    asked = client.post("/en/account/email/", {"action_add": "", "email": "hoa@new.example"})
    assert asked["Location"].startswith("/en/account/reauthenticate/")  # a session alone does not suffice
    assert not EmailAddress.objects.filter(email="hoa@new.example").exists()
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})
    client.post("/en/account/email/", {"action_add": "", "email": "hoa@new.example"})
    assert "hoa@new.example" in client.get("/en/account/email/").text
    user.refresh_from_db()
    assert user.email == "hoa@vietcare.example"
    pending = EmailAddress.objects.get(email="hoa@new.example")
    client.post(f"/en/account/confirm-email/{EmailConfirmationHMAC(pending).key}/")
    user.refresh_from_db()
    assert user.email == "hoa@new.example"
    assert [row.email for row in EmailAddress.objects.all()] == ["hoa@new.example"]


@pytest.mark.parametrize("name", ["\ufb2c" * 120, "\u3164", "\u200b"])
def test_a_name_that_is_too_long_once_composed_or_unseen_leaves_no_half_account(
    client: Client, name: str
) -> None:
    """One sign of 120 may become three of 360."""
    response = client.post("/vi/account/signup/", FORM | {"name": name})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["name"]
    assert (User.objects.count(), len(mail.outbox)) == (0, 0)
