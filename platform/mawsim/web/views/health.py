"""Is the process up, can it do its job, and, for operators, what is wrong."""

import shutil
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mawsim.accounts.models import Notification
from mawsim.celery import app as celery_app
from mawsim.core import cldr, languages
from mawsim.core.errors import NotVisible
from mawsim.listings.models import Listing
from mawsim.matches import queries as matches

DISK_WARNING_GIB = 1


def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Exception:
        return JsonResponse({"database": "down"}, status=503)
    return JsonResponse({"database": "ok"})


@dataclass(frozen=True)
class Check:
    """One line of the health page."""

    name: str
    ok: bool
    detail: str


def page(request: HttpRequest) -> HttpResponse:
    """What is unhealthy, for operators; for everybody else the page does not exist."""
    if not (request.user.is_authenticated and request.user.is_operator):
        raise NotVisible
    index = matches.index_health()
    return render(request, "web/public/health.html", {"checks": _checks(), "index": index})


def _checks() -> list[Check]:
    return [_database(), _cache(), _workers(), _outbox(), _mail(), _disk()]


def _database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    return Check(_("Database"), True, f"PostgreSQL {version}, {_number(size // 2**20)} MiB")


def _cache() -> Check:
    try:
        cache.set("health", "ok", 10)
        working = cache.get("health") == "ok"
    except Exception as error:
        return Check(_("Cache"), False, str(error))
    return Check(_("Cache"), working, "")


def _workers() -> Check:
    try:
        answers = celery_app.control.ping(timeout=1)
    except Exception as error:
        return Check(_("Workers"), False, str(error))
    return Check(_("Workers"), bool(answers), _number(len(answers)))


def _outbox() -> Check:
    """Work that waits for a worker. A few rows are normal; the number should fall by itself."""
    index = Listing.objects.filter(index_pending=True).count()
    translation = Listing.objects.filter(translation_pending=True).count()
    detail = _("%(index)s to index, %(translation)s to translate") % {
        "index": _number(index),
        "translation": _number(translation),
    }
    return Check(_("Outbox"), True, detail)


def _mail() -> Check:
    failed = Notification.objects.filter(mail_pending=True).exclude(mail_error="").count()
    return Check(_("E-mail"), failed == 0, _("%(count)s could not be sent yet") % {"count": _number(failed)})


def _disk() -> Check:
    free = shutil.disk_usage(settings.VAR_DIR).free / 2**30
    return Check(_("Free disk space"), free > DISK_WARNING_GIB, f"{_number(round(free, 1))} GiB")


def _number(value: float) -> str:
    return cldr.quantity(value, languages.current().code)
