"""Organisations: their public page, founding and editing one, acting for one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mawsim.accounts import actions, invitations, queries, rules
from mawsim.accounts.models import Organisation, Role
from mawsim.core import languages
from mawsim.core.errors import Conflict, InvalidInput
from mawsim.core.limits import limited
from mawsim.listings import queries as listings
from mawsim.web import acting
from mawsim.web.forms.organisations import CheckForm, OrganisationForm, show_errors
from mawsim.web.requests import SignedIn

_LISTED = 12


def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """The public profile with the organisation's public listings and claims."""
    organisation = rules.get_organisation(request.user, public_id)
    role = rules.role_of(request.user, organisation)
    rows = listings.public().filter(organisation=organisation).order_by("-published_at", "-pk")
    context: dict[str, Any] = {
        "organisation": organisation,
        "other_names": _other_names(organisation),
        "claims": queries.claims_of(organisation),
        "cards": listings.cards(rows.select_related("organisation")[:_LISTED], languages.current().code),
        "is_member": role is not None,
        "can_edit": rules.at_least(role, Role.EDITOR),
        "can_check": rules.is_operator(request.user) and role is None,
        "check_form": CheckForm(),
    }
    return render(request, "web/organisations/show.html", context)


def _other_names(organisation: Organisation) -> list[tuple[languages.Language, str]]:
    """The names that the heading does not show, its own writing first, each once with its language."""
    names = {organisation.name_in(languages.current().code): ""}
    for code, name in {organisation.language: organisation.name, **organisation.names}.items():
        names.setdefault(name, code)
    names.setdefault(organisation.name, organisation.language)
    return [(languages.BY_CODE[code], name) for name, code in names.items() if code]


@login_required
@limited("organisation", per_minute=10)
def new(request: SignedIn) -> HttpResponse:
    """Where a newcomer lands: accept a waiting invitation, or found an organisation."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisation = actions.create_organisation(actor=request.user, **form.fields_to_save())
        except (InvalidInput, Conflict) as error:
            show_errors(form, error)
        else:
            acting.act_as(request, organisation)
            messages.success(request, _("Your organisation is ready. Post your first offer or need."))
            return redirect("web:home")
    waiting = [(row, invitations.token_of(row)) for row in queries.waiting_invitations(request.user)]
    context = {"form": form, "waiting": waiting}
    return render(request, "web/organisations/new.html", context)


@login_required
@limited("organisation", per_minute=10)
def edit(request: SignedIn, public_id: str) -> HttpResponse:
    organisation = rules.get_organisation(request.user, public_id, Role.EDITOR)
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_organisation(
                actor=request.user, organisation=organisation, **form.fields_to_save()
            )
        except InvalidInput as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The profile is saved."))
            return redirect("web:organisation", organisation.public_id)
    context = {"form": form, "public_id": public_id}
    return render(request, "web/organisations/edit.html", context)


@login_required
@require_POST
def act(request: SignedIn, public_id: str) -> HttpResponse:
    """Act for one of one's organisations; back to where the menu was opened."""
    acting.act_as(request, rules.get_organisation(request.user, public_id, Role.VIEWER))
    target = request.POST.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return redirect(target)
    return redirect("web:home")


@login_required
@require_POST
def suspend(request: SignedIn, public_id: str) -> HttpResponse:
    """An operator suspends the organisation (`active` = 0) or restores it (1)."""
    organisation = rules.get_organisation(request.user, public_id)
    active = request.POST.get("active") == "1"
    actions.set_organisation_active(actor=request.user, organisation=organisation, active=active)
    return redirect("web:organisation", organisation.public_id)
