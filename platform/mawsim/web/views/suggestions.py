"""What fits an organisation and each of its listings, and what people decide about it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from mawsim.accounts.models import Role
from mawsim.accounts.rules import can, get_organisation, require
from mawsim.core import languages
from mawsim.core.errors import InvalidInput
from mawsim.core.limits import limited
from mawsim.listings.rules import get_listing
from mawsim.matches import actions, queries
from mawsim.matches.models import Verdict
from mawsim.web.acting import member_required
from mawsim.web.requests import Member, SignedIn

PER_PAGE = 20
PER_LISTING = 5
PER_MINUTE = 60


@member_required()
@require_safe
@limited("suggestions", per_minute=PER_MINUTE, methods=("GET", "HEAD"))
def suggestions(request: Member) -> HttpResponse:
    """The listings of others that fit the acting organisation best, in both directions."""
    organisation = request.organisation
    found = queries.suggestions_for_organisation(
        user=request.user, organisation=organisation, limit=PER_PAGE, language=languages.current().code
    )
    context = {
        "suggestions": found,
        "organisation": organisation,
        "can_decide": can(request.user, organisation, Role.EDITOR),
        "has_listings": queries.has_matchable_listings(organisation),
        "degraded": queries.is_degraded(),
    }
    return render(request, "web/suggestions/suggestions.html", context)


@login_required
@require_safe
@limited("suggestions", per_minute=PER_MINUTE, methods=("GET", "HEAD"))
def of_listing(request: SignedIn, public_id: str) -> HttpResponse:
    """The fragment of a listing's own page, for members of its organisation."""
    listing = get_listing(request.user, public_id)
    require(request.user, listing.organisation, Role.VIEWER)
    found = queries.suggestions_for_listing(
        user=request.user, listing=listing, limit=PER_LISTING, language=languages.current().code
    )
    context = {
        "suggestions": found,
        "listing": listing,
        "organisation": listing.organisation,
        "can_decide": can(request.user, listing.organisation, Role.EDITOR),
        "degraded": queries.is_degraded(),
    }
    whole = "web/suggestions/listing.html"
    return render(request, "web/suggestions/_listing.html" if request.htmx else whole, context)


@member_required()
@require_safe
def shortlist(request: Member) -> HttpResponse:
    """What the acting organisation has put on its list, and what it has dismissed."""
    organisation = request.organisation
    wanted = Verdict.DISMISSED if "dismissed" in request.GET else Verdict.SHORTLISTED
    context = {
        "cards": queries.decided(organisation, wanted, languages.current().code),
        "verdict": wanted,
        "organisation": organisation,
        "can_decide": can(request.user, organisation, Role.EDITOR),
    }
    return render(request, "web/suggestions/shortlist.html", context)


@login_required
@require_POST
def verdict(request: SignedIn, public_id: str) -> HttpResponse:
    """Shortlist, dismiss, or take that back, for the organisation that the form names."""
    organisation = get_organisation(request.user, request.POST.get("organisation", ""), Role.EDITOR)
    decided = request.POST.get("verdict", "")
    if decided not in {*Verdict.values, ""}:
        raise InvalidInput({"verdict": decided[:40]})
    listing = get_listing(request.user, public_id)
    if decided:
        actions.set_verdict(
            actor=request.user, organisation=organisation, listing=listing, verdict=Verdict(decided)
        )
    else:
        actions.clear_verdict(actor=request.user, organisation=organisation, listing=listing)
    if request.htmx:
        context = {"listing": listing, "verdict": decided, "organisation": organisation}
        return render(request, "web/suggestions/_verdict.html", context)
    return _back(request)


def _back(request: SignedIn) -> HttpResponseRedirect:
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("web:shortlist")
    return HttpResponseRedirect(target)
