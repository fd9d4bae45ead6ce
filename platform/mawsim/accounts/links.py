"""Addresses inside this site, as notices and mails carry them."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import get_language_from_path

from mawsim.core import languages
from mawsim.core.text import has_hidden_characters


def internal_path(path: str) -> str:
    """The path without language prefix; ValueError for what could lead off the site."""
    prefix = get_language_from_path(path)
    bare = path[len(prefix) + 1 :] if prefix else path
    parts = urlsplit(bare)
    leads_away = parts.scheme or parts.netloc or not bare.startswith("/") or bare.startswith("//")
    if leads_away or "\\" in bare or has_hidden_characters(bare):
        raise ValueError(f"not a path of this site: {path!r}")
    return bare


def local_path(path: str, language: str) -> str:
    """An internal path for readers of one of our languages (BCP-47)."""
    return f"/{languages.BY_CODE[language].django}{internal_path(path)}"


def absolute(path: str, language: str) -> str:
    """The full address, as a mail needs it: from SITE_URL, never from what a request claims to be."""
    return settings.SITE_URL + local_path(path, language)
