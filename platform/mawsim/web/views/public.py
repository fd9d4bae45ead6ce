"""The pages that belong to no area: start page, the user's home, how it works, choice of language."""

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from mawsim.accounts import actions as accounts
from mawsim.accounts.rules import is_operator
from mawsim.core import languages
from mawsim.deals import queries as deals
from mawsim.listings import queries as listings
from mawsim.listings.models import Kind
from mawsim.matches import queries as matches
from mawsim.web.acting import acting_organisation
from mawsim.web.middleware import remember_language


def landing(request: HttpRequest) -> HttpResponse:
    """What this is, for whom, and the newest listings, in the reader's language."""
    newest = listings.public().select_related("organisation").order_by("-published_at", "-pk")[:6]
    return render(
        request,
        "web/public/landing.html",
        {"cards": listings.cards(newest, languages.current().code), "figures": _figures()},
    )


def _figures() -> dict[str, int]:
    """Counts of what everybody may see."""
    figures = cache.get("landing-figures")
    if figures is None:
        figures = listings.public().aggregate(
            offers=Count("pk", filter=Q(kind=Kind.OFFER)),
            needs=Count("pk", filter=Q(kind=Kind.NEED)),
            countries=Count("organisation__country", distinct=True),
            organisations=Count("organisation", distinct=True),
        )
        cache.set("landing-figures", figures, 60)
    return figures


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Where a signed-in user starts: what waits for an answer, and what could come next."""
    organisation = acting_organisation(request)
    if organisation is None:
        return redirect("web:review_queue" if is_operator(request.user) else "web:organisation_new")
    own = listings.of_organisation(request.user, organisation)
    return render(
        request,
        "web/public/home.html",
        {
            "organisation": organisation,
            "own_count": own.count(),
            "pending": deals.pending_for(organisation).count(),
            "unread_conversations": deals.unread_conversations(request.user).count(),
            "suggestions": matches.suggestions_for_organisation(
                user=request.user, organisation=organisation, limit=4
            ),
        },
    )


def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look when a page names no icon, as the administration's do not."""
    return redirect(static("web/mark.svg"))


def about(request: HttpRequest) -> HttpResponse:
    return render(request, "web/public/about.html")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch to another language and show the same page in it."""
    language = languages.BY_CODE.get(request.POST.get("language", ""), languages.current())
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    if request.user.is_authenticated:
        accounts.update_profile(actor=request.user, language=language.code)
    response = HttpResponseRedirect(translate_url(target, language.django))
    return remember_language(response, language.django)
