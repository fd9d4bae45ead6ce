"""The conversation that an accepted interest opens."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mawsim.core import languages
from mawsim.deals import actions, queries, rules
from mawsim.deals.models import Conversation, Interest, Message
from mawsim.deals.queries import ShownMessage
from mawsim.deals.rules import Seat
from mawsim.deals.translations import Words
from mawsim.web.acting import acting_organisation
from mawsim.web.forms.deals import MessageForm, attempt
from mawsim.web.requests import Request, SignedIn

_STOP_POLLING = 286  # htmx's own status


@login_required
def conversation(request: SignedIn, public_id: str) -> HttpResponse:
    """The newest messages, or with `?before=` those before one; reading marks them read."""
    return _page(request, rules.get_conversation(request.user, public_id), MessageForm())


@login_required
@require_POST
def message_new(request: SignedIn, public_id: str) -> HttpResponse:
    found = rules.get_conversation(request.user, public_id)
    seat = rules.seat_of(request.user, found.interest, acting_organisation(request))
    rules.require_seat(request.user, found.interest, seat.organisation)  # before any word about the form
    form = MessageForm(request.POST)
    outcome = attempt(
        request,
        form,
        "message",
        30,
        lambda values: actions.post_message(
            actor=request.user, conversation=found, organisation=seat.organisation, **values
        ),
    )
    if outcome.result is None:
        return outcome.tell(_page(request, found, form))
    target = redirect("web:conversation", public_id)
    target["Location"] += f"#m-{outcome.result.public_id}"
    return target


@require_GET
def conversation_updates(request: SignedIn, public_id: str) -> HttpResponse:
    """What came after the message `?after=`, for the page that asks every few seconds; 204 for nothing."""
    if not request.user.is_authenticated:
        return _signed_out(request, public_id)
    found = rules.get_conversation(request.user, public_id)
    new = queries.conversation_messages(found, after=request.GET.get("after", ""))
    if not new:
        return HttpResponse(status=204)
    seat = rules.seat_of(request.user, found.interest, acting_organisation(request))
    actions.mark_read(actor=request.user, conversation=found, message=new[-1])
    return render(request, "web/deals/_messages.html", _listed(found, seat, new))


@login_required
@require_GET
def message(request: SignedIn, public_id: str, message_id: str) -> HttpResponse:
    """The words of one message, for a page that waits for their translation."""
    found = rules.get_conversation(request.user, public_id)
    if not request.htmx:
        return redirect("web:conversation", public_id)
    seat = rules.seat_of(request.user, found.interest, acting_organisation(request))
    one = queries.message_of(found, message_id)
    context = {"conversation": found, "shown": _shown(found, seat, [one])[0]}
    return render(request, "web/deals/_words.html", context)


def _signed_out(request: Request, public_id: str) -> HttpResponse:
    """A page that stays open must neither show a login page inside itself nor lose what is being typed."""
    if request.htmx:
        context = {"public_id": public_id}
        return render(request, "web/deals/_signed_out.html", context, status=_STOP_POLLING)
    return redirect_to_login(request.get_full_path())


def _page(request: SignedIn, found: Conversation, form: MessageForm) -> HttpResponse:
    before = request.GET.get("before", "")
    interest = found.interest
    seat = rules.seat_of(request.user, interest, acting_organisation(request))
    written = queries.conversation_messages(found, before=before)
    if not before:
        actions.mark_read(actor=request.user, conversation=found, message=written[-1] if written else None)
    language = languages.current().code
    context: dict[str, Any] = {
        "interest": interest,
        "seat": seat,
        "card": queries.listing_card(request.user, interest, language),
        "first_title": queries.first_title(interest),
        "purpose": purpose_for(interest, seat),
        "form": form,
        "before": before,
        "has_earlier": queries.has_earlier(found, written),
        **_listed(found, seat, written),
    }
    return render(request, "web/deals/conversation.html", context)


def purpose_for(interest: Interest, seat: Seat) -> Words:
    """As this side reads it; a translation that is missing is asked for."""
    language = languages.current().code
    words = queries.shown_purpose(interest, language, seat.organisation.pk)
    if not words.asked:
        actions.want_translations(interest=interest, messages=[None], language=language)
    return words


def _listed(found: Conversation, seat: Seat, written: list[Message]) -> dict[str, Any]:
    return {
        "conversation": found,
        "shown_messages": _shown(found, seat, written),
        "last": written[-1].public_id if written else "",
    }


def _shown(found: Conversation, seat: Seat, written: list[Message]) -> list[ShownMessage]:
    language = languages.current().code
    shown = queries.shown(found, written, seat.organisation, language)
    if missing := [one.message for one in shown if not one.words.asked]:
        actions.want_translations(interest=found.interest, messages=missing, language=language)
    return shown
