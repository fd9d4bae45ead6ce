"""Listings: reading one, writing one, one's own, the history, and the steps of its life."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mawsim.accounts import queries as accounts
from mawsim.accounts.models import Organisation, Role
from mawsim.accounts.rules import role_of
from mawsim.core import languages
from mawsim.core.errors import Conflict, InvalidInput
from mawsim.core.limits import limited
from mawsim.deals import queries as deals
from mawsim.deals.models import Interest
from mawsim.listings import actions, queries, rules
from mawsim.listings.content import missing_for_review
from mawsim.listings.details import facts
from mawsim.listings.lifecycle import EDITABLE, NOTICE_DAYS, REVIEWED, Step
from mawsim.listings.models import Field, Listing, Status
from mawsim.listings.quality import assess
from mawsim.listings.rules import Permission, get_listing
from mawsim.listings.versions import content_of, shown_changes
from mawsim.web.acting import acting_organisation, member_required
from mawsim.web.forms.listings import ListingForm, TranslationForm
from mawsim.web.requests import Member, SignedIn

PER_PAGE = 20
# Steps that are one click; publishing and rejecting have their page (views.review).
CLICKS = (Step.SUBMIT, Step.WITHDRAW, Step.HOLD, Step.RESUME, Step.RENEW, Step.ARCHIVE, Step.RESTORE)


@require_safe
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """One listing in the reader's language, with all that is known about it."""
    listing = get_listing(request.user, public_id)
    return render(request, "web/listings/show.html", _page(request, listing))


def _page(request: HttpRequest, listing: Listing, **more: Any) -> dict[str, Any]:
    language = languages.current().code
    role = role_of(request.user, listing.organisation)
    can_edit = rules.can_edit(request.user, listing)
    shown = queries.shown_texts(listing, language)
    return {
        "listing": listing,
        "card": queries.cards([listing], language)[0],
        "body": queries.body_state(listing, shown[Field.BODY], language),
        "texts": {str(field): text for field, text in shown.items()},
        "facts": facts(listing.pillar, listing.details, language),
        "claims": accounts.claims_of(listing.organisation),
        "is_member": role is not None,
        "own_interest": None if role else _own_interest(request, listing),
        "may_express": role is None and _may_express(request),
        "can_edit": can_edit,
        "can_review": rules.can_review(request.user, listing),
        "steps": _clicks(request, listing),
        "is_editable": can_edit and listing.status in EDITABLE,
        "missing": missing_for_review(content_of(listing)) if can_edit else {},
        "translation_form": TranslationForm(initial={"language": _other_language(listing, language)}),
        **more,
    }


def _own_interest(request: HttpRequest, listing: Listing) -> Interest | None:
    """What the reader's organisation has written about it already and is still open or accepted."""
    organisation = acting_organisation(request) if request.user.is_authenticated else None
    return deals.open_interest(organisation, listing) if organisation else None


def _may_express(request: HttpRequest) -> bool:
    """Viewers may not. Who has not signed in or has no organisation yet is led there by the button."""
    organisation = acting_organisation(request) if request.user.is_authenticated else None
    return organisation is None or rules.at_least(role_of(request.user, organisation), Role.EDITOR)


def _clicks(request: HttpRequest, listing: Listing) -> list[Step]:
    """The steps to offer. A renewal is possible at any time, but is not offered before it is due."""
    steps = [step for step in rules.steps_of(request.user, listing) if step in CLICKS]
    ends = listing.expires_at
    if listing.status == Status.PUBLISHED and ends and ends - timezone.now() > timedelta(days=NOTICE_DAYS):
        steps = [step for step in steps if step != Step.RENEW]
    return steps


def _other_language(listing: Listing, language: str) -> str:
    return language if language != listing.source_language else ("en" if language != "en" else "ko")


@limited("listing", per_minute=20)
@member_required(Role.EDITOR)
def new(request: Member) -> HttpResponse:
    """Post an offer or a need for the acting organisation."""
    organisation = request.organisation
    kind = request.GET.get("kind", "")
    form = ListingForm(request.POST or None, kind=kind)
    saved = _save(request, form, organisation)
    if saved:
        return redirect("web:listing", saved.public_id)
    return _form_page(request, form, organisation)


@limited("listing", per_minute=20)
@login_required
def edit(request: SignedIn, public_id: str) -> HttpResponse:
    listing = get_listing(request.user, public_id, Permission.EDIT)
    version = queries.current_version(listing)
    form = ListingForm(request.POST or None, listing=listing, version=version)
    saved = _save(request, form, listing.organisation, listing)
    if saved:
        return redirect("web:listing", saved.public_id)
    return _form_page(request, form, listing.organisation, listing)


def _save(
    request: SignedIn, form: ListingForm, organisation: Organisation, listing: Listing | None = None
) -> Listing | None:
    """The saved listing; None when there is nothing to save, or when the form shows what is wrong."""
    if request.method != "POST" or not form.is_valid():
        return None
    submitted = request.POST.get("then") == "submit"
    try:
        with transaction.atomic():
            saved = actions.save_listing(
                actor=request.user,
                organisation=organisation,
                listing=listing,
                submission_token=None if listing else form.token,
                seen_version=form.seen_version if listing else None,
                language_confirmed=form.cleaned_data["language_confirmed"],
                **form.content,
            )
            # A form sent twice finds its listing under review already.
            if submitted and saved.status in {Status.DRAFT, Status.REJECTED}:
                saved = actions.submit(actor=request.user, listing=saved)
    except InvalidInput as error:
        form.show(error)
        return None
    except Conflict as error:
        form.show(error)
        if listing:
            form.have_seen(queries.current_version(listing))
        return None
    messages.success(request, _saved_message(saved))
    return saved


def _saved_message(saved: Listing) -> str:
    if saved.status == Status.IN_REVIEW:
        return _("It is sent for review. We tell you as soon as it is published.")
    if saved.status in REVIEWED and saved.recheck_since:
        return _("Your changes are saved. A second person will read them.")
    return _("It is saved.")


def _form_page(
    request: SignedIn, form: ListingForm, organisation: Organisation, listing: Listing | None = None
) -> HttpResponse:
    content = form.content if form.is_bound else (content_of(listing) if listing else {})
    context = {
        "form": form,
        "organisation": organisation,
        "listing": listing,
        "quality": assess(content),
        "can_submit": listing is None or listing.status in {Status.DRAFT, Status.REJECTED},
        "stays_public": listing is not None and listing.status in REVIEWED,
    }
    return render(request, "web/listings/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@limited("quality", per_minute=120)
def quality(request: SignedIn) -> HttpResponse:
    """The fragment that judges what has been written so far; nothing is stored."""
    form = ListingForm(request.POST)
    form.is_valid()
    return render(request, "web/listings/_quality.html", {"quality": assess(form.content)})


@member_required()
@require_safe
def mine(request: Member) -> HttpResponse:
    """The acting organisation's listings, by status."""
    organisation = request.organisation
    rows = queries.of_organisation(request.user, organisation)
    counts = queries.status_counts(rows)
    status = request.GET.get("status", "")
    chosen = Status(status) if status in Status.values else None
    page = Paginator(rows.filter(status=chosen) if chosen else rows, PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "organisation": organisation,
        "cards": queries.cards(page.object_list, languages.current().code),
        "page": page,
        "tabs": [(one, one.label, counts[one]) for one in Status if one in counts],
        "chosen": chosen,
        "total": sum(counts.values()),
        "can_write": rules.at_least(role_of(request.user, organisation), Role.EDITOR),
    }
    return render(request, "web/listings/mine.html", context)


@login_required
@require_safe
def history(request: SignedIn, public_id: str) -> HttpResponse:
    """What it was and who changed what; for its members and for those who review it."""
    listing = get_listing(request.user, public_id)
    if role_of(request.user, listing.organisation) is None:
        rules.require(request.user, listing, Permission.REVIEW)
    page = Paginator(queries.versions(listing), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    oldest = queries.versions(listing).filter(number__lt=rows[-1].number).first() if rows else None
    language = languages.current().code
    entries = [
        (version, shown_changes(version, before, language))
        for version, before in zip(rows, [*rows[1:], oldest], strict=True)
    ]
    return render(
        request, "web/listings/history.html", {"listing": listing, "entries": entries, "page": page}
    )


@login_required
@require_POST
@limited("step", per_minute=60)
def step(request: SignedIn, public_id: str, action: str) -> HttpResponse:
    """One step of its life, or the switch for interest, by a click."""
    listing = get_listing(request.user, public_id)
    try:
        if action in {"open", "close"}:
            actions.set_open(actor=request.user, listing=listing, is_open=action == "open")
        else:
            getattr(actions, Step(action))(actor=request.user, listing=listing)
    except InvalidInput as error:
        for message in error.errors.values():
            messages.error(request, str(message))
        return redirect("web:listing_edit", public_id)
    messages.success(request, _("Done."))
    return redirect("web:listing", public_id)


@login_required
@require_POST
@limited("translation", per_minute=60)
def translate(request: SignedIn, public_id: str) -> HttpResponse:
    """The author's own words instead of a translation."""
    listing = get_listing(request.user, public_id, Permission.EDIT)
    form = TranslationForm(request.POST)
    form.is_valid()
    data = form.cleaned_data
    try:
        if data["field"] not in Field.values:
            raise InvalidInput({"field": _("This choice is not in the list.")})
        actions.set_translation(
            actor=request.user,
            listing=listing,
            field=Field(data["field"]),
            language=data["language"],
            text=data["text"],
        )
    except InvalidInput as error:
        for name, message in error.errors.items():
            form.add_error(name, str(message))
        return render(
            request, "web/listings/show.html", _page(request, listing, translation_form=form), status=422
        )
    messages.success(request, _("Your translation is saved. It will not be replaced by a machine's."))
    return redirect("web:listing", public_id)
