"""How matching does: who is shown how often, and which weights count. For operators; a secret to others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mawsim.accounts.models import OrganisationSize
from mawsim.accounts.rules import is_operator
from mawsim.core import cldr, languages
from mawsim.core.errors import NotVisible
from mawsim.matches import queries, weighing
from mawsim.web.requests import SignedIn


@dataclass(frozen=True, slots=True)
class Group:
    """A table of the exposure report."""

    title: str | Promise
    rows: list[dict[str, Any]]


_TITLES = {
    "country": gettext_lazy("Country"),
    "size": gettext_lazy("Size"),
    "language": gettext_lazy("Language"),
}


@login_required
@require_safe
def matching(request: SignedIn) -> HttpResponse:
    _require_operator(request)
    report = queries.latest_exposure()
    context = {
        "report": report,
        "groups": _groups(report.report["groups"]) if report else [],
        "state": queries.suggestion_state(),
        "weights": queries.weights_in_words(),
        "sets": queries.sets_of_weights(),
    }
    return render(request, "web/operations/matching.html", context)


@login_required
@require_POST
def weights(request: SignedIn) -> HttpResponse:
    """Use a set of weights: `set` is its number, or empty for the base ones; `pin` keeps it."""
    _require_operator(request)
    sent = request.POST.get("set", "")
    if sent and not (sent.isascii() and sent.isdigit() and len(sent) < 10):
        raise NotVisible
    weighing.choose(
        actor=request.user, number=int(sent) if sent else None, pin=request.POST.get("pin") == "1"
    )
    messages.success(request, _("Done."))
    return redirect("web:matching_report")


def _require_operator(request: SignedIn) -> None:
    if not is_operator(request.user):
        raise NotVisible


def _groups(found: dict[str, list[dict[str, Any]]]) -> list[Group]:
    return [Group(_TITLES[name], [_row(_NAMES[name], row) for row in rows]) for name, rows in found.items()]


def _row(name: Callable[[str, str], str], row: dict[str, Any]) -> dict[str, Any]:
    """A row with its label; `ratio` is attention per share of the listings, 1 where both are the same."""
    label = name(row["code"], languages.current().code) if row["code"] else _("Not stated")
    ratio = row["as_shown"] / row["listings"] if row["listings"] else 0.0
    return {**row, "label": label, "ratio": round(ratio, 2)}


def _size(code: str, language: str) -> str:
    return str(OrganisationSize(code).label) if code in OrganisationSize.values else code


def _language(code: str, language: str) -> str:
    return cldr.language_name(code, language) if code in languages.BY_CODE else code


_NAMES: dict[str, Callable[[str, str], str]] = {
    "country": cldr.country_name,
    "size": _size,
    "language": _language,
}
