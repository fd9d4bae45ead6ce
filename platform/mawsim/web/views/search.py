"""The search page; with htmx only its changing part."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from mawsim.accounts.models import Role
from mawsim.accounts.rules import can
from mawsim.core import languages, limits
from mawsim.core.errors import InvalidInput
from mawsim.matches import queries
from mawsim.matches.filters import STAGES
from mawsim.web.acting import acting_organisation
from mawsim.web.forms.search import Asked, SavedSearchForm
from mawsim.web.requests import Request

PER_MINUTE = 60


@require_safe
def search(request: Request) -> HttpResponse:
    """Offers and needs that answer a query, in the reader's language, with the facets to narrow them."""
    limits.limit(request, "search", per_minute=PER_MINUTE)
    asked, organisation = Asked.read(request.GET), acting_organisation(request)
    context: dict[str, Any] = {
        "asked": asked,
        "stages": STAGES,
        "save_form": SavedSearchForm(),
        "organisation": organisation,
        "can_decide": organisation is not None and can(request.user, organisation, Role.EDITOR),
    }
    status = 200
    try:
        page = queries.search(
            user=request.user,
            query=asked.query,
            filters=asked.filters,
            language=languages.current().code,
            page=asked.page,
            organisation=organisation,
        )
        context |= {"page": page, "chips": _chips(asked, page)}
        context |= {
            "next": asked.address(page=page.number + 1),
            "previous": asked.address(page=page.number - 1),
        }
    except InvalidInput as error:
        context["errors"], status = error.errors, 400
    part = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    template = "web/search/_body.html" if part else "web/search/search.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _chips(asked: Asked, page: queries.SearchPage) -> list[tuple[str, str]]:
    """(label, address without it) of every chosen filter value."""
    chips: list[tuple[str, str]] = []
    for group in page.facets if asked.filters.chosen else ():
        codes = [option.code for option in group.chosen]
        for option in group.chosen:
            rest = asked.filters.only(group.facet.name, [code for code in codes if code != option.code])
            chips.append((option.label, asked.address(rest)))
    return chips
