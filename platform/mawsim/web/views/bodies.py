"""The description of a listing, translated when a reader opens it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mawsim.core import languages
from mawsim.core.limits import limited
from mawsim.listings import actions, queries
from mawsim.listings.models import Field
from mawsim.listings.rules import get_listing


@require_http_methods(["GET", "HEAD", "POST"])
@limited("body", per_minute=30)
def body(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST asks for the description in the reader's language; GET shows how far it is. A part of the page
    for scripts, the page itself for those who read without."""
    listing = get_listing(request.user, public_id)
    language = languages.current().code
    if request.method == "POST":
        actions.want_body(listing=listing, language=language)
    if not request.headers.get("HX-Request"):
        return redirect("web:listing", public_id)
    shown = queries.shown_texts(listing, language)[Field.BODY]
    context = {"listing": listing, "text": shown, "body": queries.body_state(listing, shown, language)}
    return render(request, "web/listings/_body.html", context)
