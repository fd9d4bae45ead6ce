"""Who could meet a need of several pillars together."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mawsim.accounts.models import Role
from mawsim.accounts.rules import can
from mawsim.core import languages
from mawsim.core.limits import limited
from mawsim.listings import queries as listings
from mawsim.listings import rules
from mawsim.listings.rules import get_listing
from mawsim.matches import queries
from mawsim.matches.consortium import LeftOut
from mawsim.web.requests import SignedIn

WHY = {
    LeftOut.SAME_OWNER: _("has the same owner as your organisation"),
    LeftOut.DECLINED: _("an interest between you was declined within the last year"),
}


@login_required
@require_safe
@limited("consortium", per_minute=30, methods=("GET", "HEAD"))
def consortium(request: SignedIn, public_id: str) -> HttpResponse:
    """For members of the need's organisation; an offer has no such page."""
    listing = get_listing(request.user, public_id)
    language = languages.current().code
    plan = queries.build_consortium(user=request.user, listing=listing, language=language)
    context = {
        "listing": listing,
        "card": listings.cards([listing], language)[0],
        "plan": plan,
        "left_out": [(organisation, WHY[why]) for organisation, why in plan.left_out],
        "organisation": listing.organisation,
        "can_decide": can(request.user, listing.organisation, Role.EDITOR),
        "can_edit": rules.can_edit(request.user, listing),
    }
    return render(request, "web/suggestions/consortium.html", context)
