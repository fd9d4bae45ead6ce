"""Cleans what comes in, and puts each request into its reader's language and time zone."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import timezone

from mawsim.core import errors

type_Next = Callable[[HttpRequest], HttpResponse]


class CleanInput:
    """Placeholder order in the chain; filled by the web area."""

    def __init__(self, get_response: type_Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class ReaderLanguage(LocaleMiddleware):
    """The language prefix of the address, else the cookie, else what the browser asks for."""


class ReaderTimeZone:
    def __init__(self, get_response: type_Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = request.user.time_zone if request.user.is_authenticated else "UTC"
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return self.get_response(request)


class ReadableErrors:
    """Turns the errors of `core.errors` into pages with the right status."""

    def __init__(self, get_response: type_Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, errors.NotVisible):
            return render(request, "web/errors/404.html", status=404)
        if isinstance(exception, errors.NotAllowed):
            return render(request, "web/errors/403.html", status=403)
        if isinstance(exception, errors.Conflict):
            return render(request, "web/errors/409.html", {"message": exception.message}, status=409)
        if isinstance(exception, errors.InvalidInput):
            return render(request, "web/errors/400.html", {"errors": exception.errors}, status=400)
        return None
