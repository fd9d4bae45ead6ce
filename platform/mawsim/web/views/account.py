"""A person's own pages: settings and notices."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from mawsim.accounts import actions, links, queries
from mawsim.accounts.models import Notification
from mawsim.accounts.notices import Notice, notice
from mawsim.core import languages
from mawsim.core.errors import NotVisible
from mawsim.web.forms.account import SettingsForm
from mawsim.web.middleware import remember_language
from mawsim.web.requests import SignedIn

_PER_PAGE = 25


@login_required
def settings_page(request: SignedIn) -> HttpResponse:
    """Name, language, time zone; the language takes effect with the answer."""
    form = SettingsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = actions.update_profile(actor=request.user, **form.cleaned_data)
        language = languages.BY_CODE[user.language]
        with override(language.django):
            messages.success(request, _("Your settings are saved."))
            return remember_language(redirect("web:settings"), language.django)
    if request.method == "POST":
        request.user.refresh_from_db()  # the form has written what was refused into the object
    return render(request, "web/account/settings.html", {"form": form})


def _said(row: Notification) -> tuple[Notification, Notice]:
    return row, notice(row.kind, row.params, languages.current().code)


@login_required
def notifications(request: SignedIn) -> HttpResponse:
    page = Paginator(queries.notifications_of(request.user), _PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "notices": [_said(row) for row in page]}
    return render(request, "web/account/notifications.html", context)


@login_required
def open_notification(request: SignedIn, public_id: str) -> HttpResponse:
    """Mark the notice read and go where it leads, in the reader's language."""
    row = queries.notifications_of(request.user).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    actions.mark_read(actor=request.user, notification=row)
    return HttpResponseRedirect(links.local_path(row.path, languages.current().code))


@login_required
@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    actions.mark_all_read(actor=request.user)
    return redirect("web:notifications")
