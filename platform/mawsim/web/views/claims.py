"""Claims of an organisation: declared by its editors, checked by operators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mawsim.accounts import actions, rules
from mawsim.accounts.models import Claim, ClaimState, Organisation, Role
from mawsim.core.errors import Conflict, InvalidInput, NotVisible
from mawsim.core.limits import limited
from mawsim.web.forms.organisations import CheckForm, ClaimForm, show_errors
from mawsim.web.requests import SignedIn


@login_required
@limited("claim", per_minute=20)
def new(request: SignedIn, public_id: str) -> HttpResponse:
    organisation = rules.get_organisation(request.user, public_id, Role.EDITOR)
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.declare_claim(actor=request.user, organisation=organisation, **form.cleaned_data)
        except (InvalidInput, Conflict) as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The entry is added as self-declared."))
            return redirect("web:organisation", organisation.public_id)
    return render(request, "web/organisations/claim.html", {"form": form, "organisation": organisation})


def _claim(organisation: Organisation, claim_id: str) -> Claim:
    claim = organisation.claims.filter(public_id=claim_id).first()
    if claim is None:
        raise NotVisible
    return claim


@login_required
@require_POST
def withdraw(request: SignedIn, public_id: str, claim_id: str) -> HttpResponse:
    organisation = rules.get_organisation(request.user, public_id, Role.EDITOR)
    actions.withdraw_claim(actor=request.user, claim=_claim(organisation, claim_id))
    messages.success(request, _("The entry is withdrawn."))
    return redirect("web:organisation", organisation.public_id)


@login_required
@require_POST
def check(request: SignedIn, public_id: str, claim_id: str) -> HttpResponse:
    """An operator records what a check found."""
    organisation = rules.get_organisation(request.user, public_id)
    rules.require_operator(request.user, organisation)
    form = CheckForm(request.POST)
    if not form.is_valid():
        raise InvalidInput({"state": _("Choose one of the states.")})
    state = ClaimState(form.cleaned_data["state"])
    actions.check_claim(actor=request.user, claim=_claim(organisation, claim_id), state=state)
    messages.success(request, _("The finding is recorded."))
    return redirect("web:organisation", organisation.public_id)
