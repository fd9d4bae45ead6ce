"""What operators read before it is public, and what was changed after."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mawsim.accounts.rules import is_operator
from mawsim.core import languages
from mawsim.core.errors import InvalidInput, NotVisible
from mawsim.core.language_check import Verdict, check
from mawsim.listings import actions, queries, reviewing
from mawsim.listings.details import facts
from mawsim.listings.lifecycle import TRANSITIONS, Step
from mawsim.listings.models import Event, Field, Listing, ListingVersion, Status
from mawsim.listings.quality import assess
from mawsim.listings.rules import Permission, get_listing
from mawsim.listings.versions import content_of, shown_changes
from mawsim.web.requests import SignedIn

PER_PAGE = 20
_READ = (Event.PUBLISHED, Event.RECHECKED, Event.IMPORTED)


@login_required
@require_safe
def queue(request: SignedIn) -> HttpResponse:
    _require_operator(request)
    page = Paginator(queries.review_queue(request.user), PER_PAGE).get_page(request.GET.get("page"))
    cards = queries.cards(page.object_list, languages.current().code)
    return render(request, "web/review/queue.html", {"cards": cards, "page": page})


@login_required
def review(request: SignedIn, public_id: str) -> HttpResponse:
    """Read one, then publish it or ask for changes."""
    _require_operator(request)
    listing = get_listing(request.user, public_id, Permission.REVIEW)
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            message = _decide(request, listing)
        except InvalidInput as error:
            errors = error.errors
        else:
            messages.success(request, message)
            return redirect("web:review_queue")
    return render(
        request, "web/review/review.html", _page(request, listing, errors), status=422 if errors else 200
    )


def _require_operator(request: SignedIn) -> None:
    if not is_operator(request.user):
        raise NotVisible


def _decide(request: SignedIn, listing: Listing) -> str:
    """The sentence that tells what was done. The version that was read must be the one that is there."""
    sent = request.POST.get("version", "")
    # What is no number is no version: a Conflict, like any other that is not the current one.
    seen = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1
    match request.POST.get("decision"):
        case "publish" if listing.status == Status.PUBLISHED:
            actions.approve_edit(actor=request.user, listing=listing, seen_version=seen)
            return _("The edit is approved.")
        case "publish":
            actions.publish(actor=request.user, listing=listing, seen_version=seen)
            return _("It is published.")
        case "reject":
            note = request.POST.get("note", "")
            actions.reject(actor=request.user, listing=listing, note=note, seen_version=seen)
            return _("The authors are told what to change.")
    raise InvalidInput({"decision": _("Please choose one.")})


def _page(request: SignedIn, listing: Listing, errors: dict[str, Any]) -> dict[str, Any]:
    language = languages.current().code
    shown = queries.shown_texts(listing, language)
    newest = queries.versions(listing).first()
    return {
        "listing": listing,
        "card": queries.cards([listing], language)[0],
        "texts": {str(field): text for field, text in shown.items()},
        "facts": facts(listing.pillar, listing.details, language),
        "quality": assess(content_of(listing)),
        "version": newest.number if newest else 0,
        "changes": shown_changes(newest, read, language) if newest and (read := _last_read(listing)) else [],
        "can_publish": listing.status == Status.IN_REVIEW or _is_rechecked(listing),
        "can_reject": listing.status in TRANSITIONS[Step.REJECT].sources,
        "doubts": _doubts(listing),
        "stale": reviewing.stale_rows(listing),
        "note": request.POST.get("note", ""),
        "errors": errors,
    }


def _is_rechecked(listing: Listing) -> bool:
    return listing.status == Status.PUBLISHED and listing.recheck_since is not None


def _doubts(listing: Listing) -> list[str]:
    """The fields that may be in another language than the declared one; their author has confirmed it."""
    return [
        str(field.label)
        for field in Field
        if check(getattr(listing, field), listing.source_language, is_name=field == Field.TITLE).verdict
        != Verdict.FITS
    ]


def _last_read(listing: Listing) -> ListingVersion | None:
    """The newest version that a second person has read."""
    return queries.versions(listing).filter(event__in=_READ).first()
