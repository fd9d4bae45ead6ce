"""Expressions of interest: writing one, the inbox, the page of one, and its answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mawsim.accounts.models import Role
from mawsim.core import languages
from mawsim.core.errors import Conflict, InvalidInput, Message
from mawsim.deals import actions, queries, rules
from mawsim.deals.models import Interest, InterestStatus
from mawsim.deals.queries import Box
from mawsim.listings import queries as listings
from mawsim.listings.models import Listing
from mawsim.listings.rules import EXPRESS_INTEREST, get_listing, require
from mawsim.web.acting import acting_organisation, member_required
from mawsim.web.forms.deals import DeclineForm, InterestForm, attempt
from mawsim.web.requests import Member, SignedIn
from mawsim.web.views.conversations import purpose_for

_PER_PAGE = 20


@member_required()
def inbox(request: Member) -> HttpResponse:
    """What the acting organisation has received and sent; every member reads it."""
    box = Box.SENT if request.GET.get("box") == Box.SENT else Box.RECEIVED
    chosen = request.GET.get("status", "")
    status = InterestStatus(chosen) if chosen in InterestStatus.values else None
    found = queries.inbox(request.user, request.organisation, box, status)
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "box": box,
        "boxes": _boxes(queries.unread_in(request.user, request.organisation)),
        "status": status,
        "statuses": InterestStatus,
        "page": page,
        "entries": queries.entries(request.user, page, box, languages.current().code),
    }
    return render(request, "web/deals/inbox.html", context)


def _boxes(news: dict[str, int]) -> list[tuple[Box, str, int]]:
    return [
        (Box.RECEIVED, _("Received"), news[Box.RECEIVED]),
        (Box.SENT, _("Sent"), news[Box.SENT]),
    ]


@member_required(Role.EDITOR)
def interest_new(request: Member, public_id: str) -> HttpResponse:
    """Write to the organisation behind a listing, for the acting organisation."""
    listing = get_listing(request.user, public_id)
    if request.method == "POST":
        return _express(request, listing)
    require(request.user, listing, EXPRESS_INTEREST)
    if already := queries.open_interest(request.organisation, listing):
        messages.info(request, _("Your organisation has expressed interest in this listing already."))
        return redirect("web:interest", already.public_id)
    return _interest_form(request, listing, InterestForm())


def _express(request: Member, listing: Listing) -> HttpResponse:
    form = InterestForm(request.POST)
    outcome = attempt(
        request,
        form,
        "interest",
        10,
        lambda values: actions.express_interest(
            actor=request.user, organisation=request.organisation, listing=listing, **values
        ),
    )
    if outcome.result is None:
        return outcome.tell(_interest_form(request, listing, form))
    messages.success(request, _("Your interest is on its way. You are told as soon as there is an answer."))
    return redirect("web:interest", outcome.result.public_id)


def _interest_form(request: Member, listing: Listing, form: InterestForm) -> HttpResponse:
    (card,) = listings.cards([listing], languages.current().code)
    context = {"listing": listing, "card": card, "form": form, "organisation": request.organisation}
    return render(request, "web/deals/interest_new.html", context)


@login_required
def interest(request: SignedIn, public_id: str) -> HttpResponse:
    """One interest, as either side sees it."""
    return _interest_page(request, public_id)


@login_required
@require_GET
def interest_purpose(request: SignedIn, public_id: str) -> HttpResponse:
    """The words of the purpose, for a page that waits for their translation."""
    found = rules.get_interest(request.user, public_id)
    if not request.htmx:
        return redirect("web:interest", public_id)
    seat = rules.seat_of(request.user, found, acting_organisation(request))
    context = {"interest": found, "purpose": purpose_for(found, seat)}
    return render(request, "web/deals/_purpose.html", context)


def _interest_page(
    request: SignedIn,
    public_id: str,
    *,
    form: DeclineForm | None = None,
    problem: Message = "",
    status: int = 200,
) -> HttpResponse:
    found = rules.get_interest(request.user, public_id)
    seat = rules.seat_of(request.user, found, acting_organisation(request))
    language = languages.current().code
    actions.mark_seen(actor=request.user, interest=found)
    context: dict[str, Any] = {
        "interest": found,
        "seat": seat,
        "card": queries.listing_card(request.user, found, language),
        "first_title": queries.first_title(found),
        "purpose": purpose_for(found, seat),
        "form": form or DeclineForm(),
        "problem": problem,
        "can_answer": seat.writes and found.is_waiting,
    }
    return render(request, "web/deals/interest.html", context, status=status)


@login_required
@require_POST
def interest_decide(request: SignedIn, public_id: str) -> HttpResponse:
    """`decision` is "accept" or "decline"."""
    found = rules.get_interest(request.user, public_id)
    decision = request.POST.get("decision")
    if decision == "decline":
        return _decline(request, found)
    if decision != "accept":
        raise InvalidInput({"decision": _("Accept or decline.")})
    try:
        conversation = actions.accept(actor=request.user, interest=found)
    except Conflict as conflict:
        return _interest_page(request, public_id, problem=conflict.message, status=409)
    messages.success(request, _("You can write to each other now."))
    return redirect("web:conversation", conversation.public_id)


def _decline(request: SignedIn, found: Interest) -> HttpResponse:
    rules.require_seat(request.user, found, found.listing.organisation)  # before any word about the form
    form = DeclineForm(request.POST)

    def step(values: dict[str, Any]) -> bool:
        actions.decline(actor=request.user, interest=found, **values)
        return True

    outcome = attempt(request, form, "decline", 30, step)
    if outcome.result is None:
        problem = " ".join(map(str, form.non_field_errors()))
        return outcome.tell(_interest_page(request, found.public_id, form=form, problem=problem))
    messages.success(request, _("Declined. The other side sees your reason."))
    return redirect("web:interest", found.public_id)


@login_required
@require_POST
def interest_withdraw(request: SignedIn, public_id: str) -> HttpResponse:
    found = rules.get_interest(request.user, public_id)
    try:
        actions.withdraw(actor=request.user, interest=found)
    except Conflict as conflict:
        return _interest_page(request, public_id, problem=conflict.message, status=409)
    messages.success(request, _("Your interest is withdrawn."))
    return redirect("web:interest", public_id)
