"""The reviewer's workbench: what waits, a text side by side with its translation, and what helps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mawsim.accounts.queries import organisations_of
from mawsim.accounts.rules import is_operator
from mawsim.core import languages
from mawsim.core.errors import Conflict, InvalidInput, NotAllowed, NotVisible
from mawsim.core.limits import limited
from mawsim.listings import actions, reviewing, rules
from mawsim.listings.models import Field, Listing
from mawsim.listings.segments import Segment, joined, segments
from mawsim.translation import queries
from mawsim.translation.asking.breaker import is_open
from mawsim.translation.hashing import source_hash
from mawsim.translation.memory import concordance as memory
from mawsim.translation.queries import Problem
from mawsim.translation.registry import MEMORY, names_in_use
from mawsim.translation.scopes import PUBLIC, Scope, organisation
from mawsim.web.requests import SignedIn
from mawsim.web.views.translations import listing_in, row_of

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence on the bench: what is typed, and what the checks say about it."""

    number: int
    segment: Segment
    text: str
    problems: tuple[Problem, ...] = ()


@login_required
@require_safe
def queue(request: SignedIn) -> HttpResponse:
    """What waits for a reader of one language, for operators."""
    if not is_operator(request.user):
        raise NotVisible
    asked = request.GET.get("language", "")
    language = asked if asked in languages.BY_CODE else languages.current().code
    counts = reviewing.unread_counts(request.user)
    page = Paginator(reviewing.unread(request.user, language), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "chosen": languages.BY_CODE[language],
        "tabs": [(one, counts.get(one.code, 0)) for one in languages.LANGUAGES],
        "page": page,
        "suggestions": reviewing.suggested(request.user, language)[:PER_PAGE],
        "outdated": reviewing.outdated(request.user, language),
        "keep": f"language={language}&",
    }
    return render(request, "web/workbench/queue.html", context)


@login_required
@limited("review_translation", per_minute=60)
def edit(request: SignedIn, public_id: str, language: str, field: str) -> HttpResponse:
    """A field sentence by sentence. POST checks (`do=check`) or saves."""
    listing = _on_bench(request, public_id, language, field)
    parts = segments(listing, Field(field), row_of(listing, Field(field), language))
    typed = _typed(request, parts) if request.method == "POST" else [one.target for one in parts]
    errors: list[Any] = []
    status = 200
    if request.method == "POST" and request.POST.get("do") != "check":
        try:
            return _save(request, listing, Field(field), language, parts, typed)
        except InvalidInput as error:
            errors, status = list(error.errors.values()), 422
        except Conflict as error:
            errors, status = [error.message], 409
    lines = [
        Line(number, part, text, _problems(request, listing, part, text, language) if request.POST else ())
        for number, (part, text) in enumerate(zip(parts, typed, strict=True), start=1)
    ]
    context = {
        "listing": listing,
        "field": Field(field),
        "language": languages.BY_CODE[language],
        "source": languages.BY_CODE[listing.source_language],
        "lines": lines,
        "seen": source_hash(getattr(listing, field)),
        "errors": errors,
        "as_author": rules.can_edit(request.user, listing),
        "suggestions": reviewing.open_suggestions(listing, field, language),
    }
    return render(request, "web/workbench/edit.html", context, status=status)


def _on_bench(request: SignedIn, public_id: str, language: str, field: str) -> Listing:
    listing = listing_in(request, public_id, language, field)
    if not reviewing.may_decide(request.user, listing):
        raise NotAllowed
    return listing


def _typed(request: SignedIn, parts: Sequence[Segment]) -> list[str]:
    return [request.POST.get(f"t{number}", "").strip() for number in range(1, len(parts) + 1)]


def _save(
    request: SignedIn,
    listing: Listing,
    field: Field,
    language: str,
    parts: Sequence[Segment],
    typed: Sequence[str],
) -> HttpResponse:
    if request.POST.get("seen") != source_hash(getattr(listing, field)):
        raise Conflict(_("The original has changed meanwhile. Please read it again."))
    if not all(typed):
        raise InvalidInput({"text": _("Every sentence needs a translation.")})
    text = joined([(text, part.gap) for text, part in zip(typed, parts, strict=True)], language)
    actions.review_translation(
        actor=request.user,
        listing=listing,
        field=field,
        language=language,
        text=text,
        seen=request.POST.get("seen", ""),
    )
    messages.success(request, _("The translation is saved."))
    following = reviewing.unread(request.user, language).first() if is_operator(request.user) else None
    if request.POST.get("do") == "next" and following:
        return redirect("web:workbench_edit", following.listing.public_id, language, following.field)
    return redirect("web:listing_translations", listing.public_id)


def _problems(
    request: SignedIn, listing: Listing, part: Segment, text: str, language: str
) -> tuple[Problem, ...]:
    names = [listing.organisation.name] if listing.organisation.name.isascii() else []
    scopes = _scopes(request, listing)
    found = queries.check_pair(part.source, text, listing.source_language, language, scopes, names)
    return tuple(found)


def _scopes(request: SignedIn, listing: Listing) -> list[Scope]:
    """What an organisation keeps to itself is for its own people, not for operators."""
    return [organisation(listing.organisation_id)] if rules.can_edit(request.user, listing) else [PUBLIC]


def _segment(request: SignedIn, listing: Listing, field: str, language: str, number: str) -> Segment:
    parts = segments(listing, Field(field), row_of(listing, Field(field), language))
    if not (number.isascii() and number.isdigit()) or not 1 <= int(number[:5]) <= len(parts):
        raise NotVisible
    return parts[int(number) - 1]


@login_required
@require_POST
@limited("check_translation", per_minute=300)
def check(request: SignedIn, public_id: str, language: str, field: str) -> HttpResponse:
    """What the checks say about one sentence as it is typed; nothing is stored."""
    listing = _on_bench(request, public_id, language, field)
    number = request.POST.get("n", "")
    part = _segment(request, listing, field, language, number)
    text = request.POST.get(f"t{number}", "").strip()
    found = _problems(request, listing, part, text, language) if text else ()
    return render(request, "web/workbench/_problems.html", {"problems": found, "text": text})


@login_required
@require_safe
def hints(request: SignedIn, public_id: str, language: str, field: str) -> HttpResponse:
    """What the memory and the glossary know about one sentence."""
    listing = _on_bench(request, public_id, language, field)
    part = _segment(request, listing, field, language, request.GET.get("n", ""))
    scopes, source = _scopes(request, listing), listing.source_language
    context = {
        "hits": queries.similar(part.source, source, language, scopes),
        "terms": queries.terms_in(part.source, source, language, scopes),
        "source": source,
        "language": language,
        "part": part,
    }
    template = "_hints.html" if request.htmx else "hints.html"
    return render(request, f"web/workbench/{template}", context)


@login_required
@require_safe
@limited("concordance", per_minute=30, methods=("GET",))
def concordance(request: SignedIn) -> HttpResponse:
    """Search the memory: what is public, and what the reader's organisations keep to themselves."""
    words, errors = request.GET.get("q", ""), []
    source, target = (_language(request.GET.get(name, "")) for name in ("source", "target"))
    units = []
    if words:
        scopes = [organisation(one.pk) for one in organisations_of(request.user)]
        try:
            units = memory.concordance(words, scopes, source, target)
        except InvalidInput as error:
            errors = list(error.errors.values())
    context = {
        "words": words,
        "source": source,
        "target": target,
        "units": units,
        "errors": errors,
        "languages_": languages.LANGUAGES,
    }
    template = "_units.html" if request.htmx else "concordance.html"
    return render(request, f"web/workbench/{template}", context)


def _language(code: str) -> str:
    return code if code in languages.BY_CODE else ""


@login_required
@require_safe
def engines(request: SignedIn) -> HttpResponse:
    """What the engines have done and cost in the last month, for operators."""
    if not is_operator(request.user):
        raise NotVisible
    in_use = [(name, name != MEMORY and is_open(name)) for name in names_in_use()]
    return render(request, "web/workbench/engines.html", {"usage": queries.usage(), "in_use": in_use})
