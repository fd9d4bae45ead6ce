"""For which of their organisations a user acts: chosen in the menu, kept in the session."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mawsim.accounts import queries, rules
from mawsim.accounts.models import Organisation, Role

_KEY = "acting_organisation"
View = Callable[..., HttpResponse]


def my_organisations(request: HttpRequest) -> list[Organisation]:
    """The user's active organisations; read once a request."""
    if not hasattr(request, "_my_organisations"):
        request._my_organisations = list(queries.organisations_of(request.user))  # type: ignore[attr-defined]
    return request._my_organisations  # type: ignore[attr-defined,no-any-return]


def acting_organisation(request: HttpRequest) -> Organisation | None:
    """The chosen one as long as the user belongs to it, else the first; None without any."""
    mine = my_organisations(request)
    if not mine:
        return None
    chosen = request.session.get(_KEY)
    return next((one for one in mine if one.public_id == chosen), mine[0])


def act_as(request: HttpRequest, organisation: Organisation) -> None:
    """Act for this organisation from now on; it must be one of the user's."""
    request.session[_KEY] = organisation.public_id
    if hasattr(request, "_my_organisations"):
        del request._my_organisations


def member_required(role: Role = Role.VIEWER) -> Callable[[View], View]:
    """A view for members: `@member_required()` or `@member_required(Role.EDITOR)`.

    The view finds the organisation as `request.organisation`. Anonymous readers are led to the login,
    newcomers to a new organisation; below the role: 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            organisation = acting_organisation(request)
            if organisation is None:
                messages.info(request, _("First tell us for which organisation you act."))
                return redirect("web:organisation_new")
            rules.require(request.user, organisation, role)
            request.organisation = organisation  # type: ignore[attr-defined]  # web.requests.Member
            return view(request, *args, **kwargs)

        return login_required(inner)

    return decorate
