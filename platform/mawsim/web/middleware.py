"""Cleans what comes in, and puts each request into its reader's language and time zone."""

import re
import zoneinfo
from collections.abc import Callable, Iterable

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from mawsim.core import errors

Next = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)


def _is_readable(values: Iterable[str]) -> bool:
    """Whether the texts hold neither NUL, which PostgreSQL refuses, nor what was no valid UTF-8.

    U+FFFD is what Django puts where bytes could not be decoded: saving it would store a text that
    its author never wrote.
    """
    return not any("\x00" in value or "\ufffd" in value for value in values)


class CleanInput:
    """Refuses text that cannot be stored as it was sent, and bodies over the limit, before any view."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A request may declare another charset, even one that makes no text: pages are asked in UTF-8 only.
        request.encoding = "utf-8"
        # Django counts the fields of a form but not its files, of which this site takes none.
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return _refuse(request, "web/errors/413.html", 413)
        try:
            texts = [request.path, *request.GET.keys(), *(v for _, vs in request.GET.lists() for v in vs)]
            texts.append(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))  # it is looked up as it is
            if request.method == "POST":
                texts += [v for _, vs in request.POST.lists() for v in vs]
        except RequestDataTooBig:
            return _refuse(request, "web/errors/413.html", 413)
        if not _is_readable(texts):
            return _refuse(request, "web/errors/400.html", 400)
        return self.get_response(request)


def _refuse(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """An error page for a request that goes no further, with as little context as it needs."""
    request.refused = True  # type: ignore[attr-defined]  # the context processor asks nothing of it
    with translation.override(translation.get_language_from_request(request, check_path=True)):
        return render(request, template, status=status)


class ReaderLanguage(LocaleMiddleware):
    """The language prefix of the address, else the cookie, else what the browser asks for.

    An address without a prefix is redirected to the reader's language; only pages have prefixes, so
    the redirect happens only where the prefixed address exists.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not translation.get_language_from_path(
            request.path_info
        ):
            code = _accepted_language(request)
            translation.activate(code)
            request.LANGUAGE_CODE = code


# Browsers still say "iw" for Hebrew and "in" for Indonesian, and "fil" for Filipino.
_BROWSER_NAMES = re.compile(r"\b(iw|in|fil|zh-CN|zh-SG)\b", re.IGNORECASE)
_OUR_NAMES = {"iw": "he", "in": "id", "fil": "tl", "zh-cn": "zh-hans", "zh-sg": "zh-hans"}


def _accepted_language(request: HttpRequest) -> str:
    """What the browser asks for, with the names that browsers use for our languages."""
    asked = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    request.META["HTTP_ACCEPT_LANGUAGE"] = _BROWSER_NAMES.sub(
        lambda found: _OUR_NAMES[found[0].lower()], asked
    )
    return translation.get_language_from_request(request)


class ReaderTimeZone:
    """The signed-in reader's time zone; UTC for everybody else, and where the stored zone is unknown."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(self._zone(request)):
            return self.get_response(request)

    @staticmethod
    def _zone(request: HttpRequest) -> zoneinfo.ZoneInfo:
        if not request.user.is_authenticated:
            return zoneinfo.ZoneInfo("UTC")
        try:
            return zoneinfo.ZoneInfo(request.user.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return zoneinfo.ZoneInfo("UTC")


class ReadableErrors:
    """Turns the errors of `core.errors` into pages with the right status."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match exception:
            case errors.NotVisible():
                return render(request, "web/errors/404.html", status=404)
            case errors.NotAllowed():
                return render(request, "web/errors/403.html", status=403)
            case errors.Conflict():
                return render(request, "web/errors/409.html", {"message": exception.message}, status=409)
            case errors.InvalidInput():
                return render(request, "web/errors/400.html", {"errors": exception.errors}, status=400)
            case errors.TooMany():
                response = render(
                    request, "web/errors/429.html", {"seconds": exception.retry_after}, status=429
                )
                response["Retry-After"] = str(exception.retry_after)
                return response
        return None


def remember_language(response: HttpResponse, code: str) -> HttpResponse:
    """Keep the reader's choice of language (Django's code) in the cookie."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 86400,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    patch_vary_headers(response, ("Cookie",))
    return response
