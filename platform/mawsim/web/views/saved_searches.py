"""Searches that a user keeps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mawsim.core import languages, limits
from mawsim.matches import actions, queries
from mawsim.matches.filters import Filters, address
from mawsim.web.forms.search import Asked, SavedSearchForm
from mawsim.web.requests import SignedIn


@login_required
@require_safe
def saved_searches(request: SignedIn) -> HttpResponse:
    """The user's kept searches, each with the link that runs it."""
    rows = [
        (saved, reverse("web:search") + address(saved.query, filters), labels)
        for saved, filters, labels in queries.saved_searches(request.user, languages.current().code)
    ]
    return render(request, "web/search/saved.html", {"rows": rows})


@login_required
@require_safe
def run(request: SignedIn, public_id: str) -> HttpResponse:
    """Lead to the search page with the kept query and filters."""
    saved = queries.get_saved_search(request.user, public_id)
    filters, _unknown = Filters.parse(saved.filters)
    return redirect(reverse("web:search") + address(saved.query, filters))


@login_required
@require_POST
def new(request: SignedIn) -> HttpResponse:
    limits.limit(request, "save-search", per_minute=20)
    asked, form = Asked.read(request.POST), SavedSearchForm(request.POST)
    if not form.is_valid():
        for problem in form.errors.values():
            messages.error(request, " ".join(map(str, problem)))
        return redirect(reverse("web:search") + asked.address())
    actions.save_search(
        actor=request.user,
        name=form.cleaned_data["name"],
        query=asked.query,
        filters=asked.filters,
        language=languages.current().code,
        notify=form.cleaned_data["notify"],
    )
    messages.success(request, _("The search is saved."))
    return redirect("web:saved_searches")


@login_required
@require_POST
def delete(request: SignedIn, public_id: str) -> HttpResponse:
    actions.delete_saved_search(actor=request.user, public_id=public_id)
    messages.success(request, _("The saved search is deleted."))
    return redirect("web:saved_searches")
