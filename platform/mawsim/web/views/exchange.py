"""Memories, glossaries and texts in and out, as other translators' tools read and write them."""

from collections.abc import Callable, Iterable
from typing import IO, Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from mawsim.accounts import rules as accounts
from mawsim.accounts.models import Role
from mawsim.accounts.rules import is_operator
from mawsim.core import cldr, languages
from mawsim.core.errors import InvalidInput, NotAllowed, NotVisible
from mawsim.core.limits import limited
from mawsim.listings import actions, reviewing
from mawsim.listings.outside import document_of
from mawsim.listings.rules import get_listing
from mawsim.translation.exchange.errors import BadFile, Report
from mawsim.translation.exchange.glossaries import FORMATS, export_glossary, import_glossary
from mawsim.translation.exchange.tmx import export_memory, import_memory
from mawsim.translation.exchange.xliff import write
from mawsim.translation.models import MemoryUnit, TermSet
from mawsim.translation.scopes import PUBLIC, Scope, organisation, rows_in
from mawsim.web.acting import acting_organisation
from mawsim.web.requests import SignedIn

Response = TypeVar("Response", HttpResponse, StreamingHttpResponse)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("exchange", per_minute=10)
def page(request: SignedIn, scope: str) -> HttpResponse:
    """What may be taken out of a memory, and put into it. POST is one file: `what` is memory or glossary."""
    where = _scope(request, scope)
    report: Report | None = None
    errors: list[Any] = []
    if request.method == "POST":
        try:
            report = _take(request, where)
        except InvalidInput as error:
            errors = list(error.errors.values())
    context = {
        "scope": scope,
        "organisation": None if where.is_public else acting_organisation(request),
        "units": MemoryUnit.objects.filter(rows_in([where])).count(),
        "sets": TermSet.objects.filter(rows_in([where])).order_by("name"),
        "report": report,
        "errors": errors,
        "formats": list(FORMATS),
    }
    return render(request, "web/workbench/exchange.html", context, status=422 if errors else 200)


def _scope(request: SignedIn, name: str) -> Scope:
    """The public memory is the operators'; an organisation's that of its editors, whoever operates."""
    if name == "public":
        if not is_operator(request.user):
            raise NotVisible
        return PUBLIC
    acting = acting_organisation(request)
    if acting is None:
        raise NotVisible
    accounts.require(request.user, acting, Role.EDITOR)
    return organisation(acting.pk)


def _take(request: SignedIn, where: Scope) -> Report:
    file, name = _uploaded(request)
    if request.POST.get("what") == "glossary":
        ending = name.rpartition(".")[2].lower()
        if ending not in FORMATS:
            raise InvalidInput({"file": _("A glossary is a file that ends in .csv or .tbx.")})
        return import_glossary(file, ending, name=request.POST.get("name", ""), scope=where)
    return import_memory(file, actor=request.user, scope=where)


def _uploaded(request: SignedIn) -> tuple[IO[bytes], str]:
    sent = request.FILES.get("file")
    if sent is None or isinstance(sent, list) or sent.file is None:
        raise InvalidInput({"file": _("Choose a file.")})
    return sent.file, sent.name or ""


@login_required
@require_safe
def memory(request: SignedIn, scope: str) -> StreamingHttpResponse:
    where = _scope(request, scope)
    return _download(lambda: export_memory(where), "memory.tmx", "application/x-tmx+xml")


@login_required
@require_safe
def glossary(request: SignedIn, scope: str, set_id: str, ending: str) -> StreamingHttpResponse:
    where = _scope(request, scope)
    found = TermSet.objects.filter(rows_in([where]), public_id=set_id).first()
    if found is None or ending not in FORMATS:
        raise NotVisible
    return _download(lambda: export_glossary(found, ending), f"glossary.{ending}", FORMATS[ending])


def _download(parts: Callable[[], Iterable[str]], name: str, kind: str) -> StreamingHttpResponse:
    return _named(StreamingHttpResponse((part.encode() for part in parts()), content_type=kind), name)


def _named(response: Response, name: str) -> Response:
    """As a file to keep, whatever a browser could show of it."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("exchange", per_minute=10)
def xliff(request: SignedIn, public_id: str, language: str) -> HttpResponse:
    """A listing for an outside translator, and back."""
    listing = get_listing(request.user, public_id)
    if language == listing.source_language:
        raise NotVisible
    if not reviewing.may_decide(request.user, listing):
        raise NotAllowed
    if request.method != "POST":
        written = "".join(write(document_of(listing, language)))
        response = HttpResponse(written.encode(), content_type="application/xliff+xml")
        return _named(response, f"{public_id}-{language}.xlf")
    try:
        report = actions.import_xliff(actor=request.user, listing=listing, file=_uploaded(request)[0])
    except BadFile as error:
        messages.error(request, str(error.errors["file"]))
    except InvalidInput as error:
        messages.error(request, " ".join(map(str, error.errors.values())))
    else:
        _tell(request, report)
    return redirect("web:listing_translations", public_id)


def _tell(request: SignedIn, report: Report) -> None:
    here = languages.current().code
    said = ngettext("%(count)s text is taken over.", "%(count)s texts are taken over.", report.taken)
    messages.success(request, said % {"count": cldr.quantity(report.taken, here)})
    for line, reason in report.remarks:
        where = _("Line %(line)s: %(message)s") % {"line": cldr.quantity(line, here), "message": reason}
        messages.warning(request, where)
