"""What every page needs to know."""

from typing import Any

from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject

from mawsim.core import languages


def page(request: HttpRequest) -> dict[str, Any]:
    """The reader's language, this page's address in every language, and what waits for the user.

    A refused request (`web.middleware.CleanInput`) never reached the session: nothing is asked of it.
    """
    shown: dict[str, Any] = {"reader": languages.current(), "refused": getattr(request, "refused", False)}
    if shown["refused"]:
        return shown
    here = request.get_full_path() if request.method == "GET" else request.path
    shown["language_links"] = SimpleLazyObject(lambda: _language_links(here))
    if getattr(request, "user", None) and request.user.is_authenticated:
        from mawsim.accounts.queries import unread_count
        from mawsim.web.acting import acting_organisation, my_organisations

        shown["unread"] = SimpleLazyObject(lambda: unread_count(request.user))
        shown["acting"] = SimpleLazyObject(lambda: acting_organisation(request))
        shown["my_organisations"] = SimpleLazyObject(lambda: my_organisations(request))
    return shown


def _language_links(here: str) -> list[tuple[languages.Language, str]]:
    return [(language, translate_url(here, language.django)) for language in languages.LANGUAGES]
