"""Where a translation comes from, sentence by sentence; better words for it, and who accepts them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mawsim.core.errors import InvalidInput, NotAllowed, NotVisible
from mawsim.core.limits import limit, limited
from mawsim.listings import actions, queries, reviewing
from mawsim.listings.models import Field, Listing, ListingTranslation
from mawsim.listings.rules import get_listing
from mawsim.listings.segments import segments
from mawsim.translation.hashing import source_hash
from mawsim.web.requests import Request, SignedIn


@login_required
@require_safe
def overview(request: SignedIn, public_id: str) -> HttpResponse:
    """How a listing stands in every language, for its editors and for reviewers."""
    listing = get_listing(request.user, public_id)
    if not reviewing.may_decide(request.user, listing):
        raise NotAllowed
    context = {
        "listing": listing,
        "overview": reviewing.overview(listing),
        "suggestions": reviewing.open_suggestions(listing),
    }
    return render(request, "web/translations/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request, public_id: str, language: str, field: str) -> HttpResponse:
    """One field with its original. A part of the listing's page for scripts, else a page. POST suggests."""
    listing = listing_in(request, public_id, language, field)
    if request.method != "POST":
        return _page(request, listing, Field(field), language)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    limit(request, "suggest_translation", per_minute=10)
    text = request.POST.get("text", "")
    try:
        actions.suggest_translation(
            actor=request.user, listing=listing, field=Field(field), language=language, text=text
        )
    except InvalidInput as error:
        return _page(request, listing, Field(field), language, text, error)
    messages.success(request, _("Thank you. The authors of the listing see your words and decide."))
    return redirect("web:listing", public_id)


def listing_in(request: HttpRequest, public_id: str, language: str, field: str) -> Listing:
    """The listing through its gate; there is no translation into its own language or of an empty field."""
    listing = get_listing(request.user, public_id)
    if language == listing.source_language or not getattr(listing, field):
        raise NotVisible
    return listing


def row_of(listing: Listing, field: Field, language: str) -> ListingTranslation | None:
    rows = listing.translations.select_related("reviewer")
    return rows.filter(field=field, language=language).first()


def _page(
    request: Request,
    listing: Listing,
    field: Field,
    language: str,
    typed: str | None = None,
    error: InvalidInput | None = None,
) -> HttpResponse:
    row = row_of(listing, field, language)
    decides = request.user.is_authenticated and reviewing.may_decide(request.user, listing)
    text = queries.shown_texts(listing, language)[field]
    context: dict[str, Any] = {
        "listing": listing,
        "field": field,
        "language": language,
        "row": row,
        "text": text,
        "segments": segments(listing, field, row if text.translated else None),
        "typed": typed if typed is not None else (text.text if text.translated else ""),
        "errors": list(error.errors.values()) if error else [],
        "can_decide": decides,
        "can_approve": decides and row is not None and row.complete and not text.stale,
        "seen": source_hash(row.text) if row else "",
        "suggestions": reviewing.open_suggestions(listing, field, language) if decides else [],
    }
    template = "_sentences.html" if request.htmx and not error else "show.html"
    return render(request, f"web/translations/{template}", context, status=422 if error else 200)


@login_required
@require_POST
@limited("review_translation", per_minute=60)
def approve(request: SignedIn, public_id: str, language: str, field: str) -> HttpResponse:
    listing = listing_in(request, public_id, language, field)
    actions.approve_translation(
        actor=request.user,
        listing=listing,
        field=Field(field),
        language=language,
        seen=request.POST.get("seen", ""),
    )
    messages.success(request, _("The translation is approved. No machine will replace it."))
    return redirect("web:listing_translations", public_id)


@login_required
@require_POST
@limited("review_translation", per_minute=60)
def decide(request: SignedIn, suggestion_id: str) -> HttpResponse:
    """`decision` is "accept" or "decline"."""
    suggestion = reviewing.get_suggestion(request.user, suggestion_id)
    match request.POST.get("decision"):
        case "accept":
            actions.accept_suggestion(actor=request.user, suggestion=suggestion)
            messages.success(request, _("The suggested words are used now."))
        case "decline":
            actions.decline_suggestion(actor=request.user, suggestion=suggestion)
            messages.success(request, _("The suggestion is declined."))
        case _other:
            raise InvalidInput({"decision": _("Accept or decline.")})
    return redirect("web:listing_translations", suggestion.listing.public_id)
