import pytest
from django.conf import settings

from mawsim.accounts.letters import _WORDS, letter
from mawsim.core import languages

CONTEXT = {
    "activate_url": "http://evil.example/en/account/confirm-email/KEY:x/",
    "password_reset_url": "http://evil.example/en/account/password/reset/key/1-abc/",
    "signup_url": "http://evil.example/en/account/signup/",
}


@pytest.mark.parametrize("language", ["ko", "ar", "zh-Hans"])
@pytest.mark.parametrize("name", _WORDS)
def test_every_letter_in_the_recipients_language_with_the_sites_own_address(name: str, language: str) -> None:
    written = letter(name, "a@b.example", CONTEXT, language)
    assert written.subject
    assert written.language == language
    prefix = f"{settings.SITE_URL}/{languages.BY_CODE[language].django}/account/"
    assert written.link == "" or written.link.startswith(prefix)
    assert bool(written.link) == bool(written.link_label)


def test_an_unknown_letter_is_an_error() -> None:
    with pytest.raises(KeyError):
        letter("account/email/love", "a@b.example", {}, "en")
