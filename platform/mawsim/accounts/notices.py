"""The words of every notice, in the language of the person who is told.

`PARAMS` names what each kind needs. Texts by users are set between direction isolates, dates are given
as ISO 8601 and written as the recipient's language writes them. No secret belongs in a notice: it goes
out by e-mail.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from mawsim.accounts.models import NotificationKind as Kind
from mawsim.core import cldr, languages
from mawsim.core.text import isolated

PARAMS: dict[Kind, frozenset[str]] = {
    Kind.LISTING_SUBMITTED: frozenset({"title", "organisation"}),
    Kind.LISTING_PUBLISHED: frozenset({"title"}),
    Kind.LISTING_REJECTED: frozenset({"title", "note"}),
    Kind.LISTING_EXPIRING: frozenset({"title", "date"}),
    Kind.LISTING_EXPIRED: frozenset({"title"}),
    Kind.TRANSLATION_SUGGESTED: frozenset({"title"}),
    Kind.INTEREST_RECEIVED: frozenset({"title", "organisation"}),
    Kind.INTEREST_ACCEPTED: frozenset({"title", "organisation"}),
    Kind.INTEREST_DECLINED: frozenset({"title", "organisation"}),
    Kind.INTEREST_WITHDRAWN: frozenset({"title", "organisation"}),
    Kind.INTEREST_EXPIRED: frozenset({"title", "organisation"}),
    Kind.MESSAGE_RECEIVED: frozenset({"title", "organisation"}),
    Kind.SAVED_SEARCH_HITS: frozenset({"name", "count"}),
    Kind.INVITED: frozenset({"organisation", "inviter"}),
}

_TITLES = {
    Kind.LISTING_SUBMITTED: _("A listing waits for your review"),
    Kind.LISTING_PUBLISHED: _("Your listing is published"),
    Kind.LISTING_REJECTED: _("Your listing needs changes"),
    Kind.LISTING_EXPIRING: _("Your listing expires soon"),
    Kind.LISTING_EXPIRED: _("Your listing has expired"),
    Kind.TRANSLATION_SUGGESTED: _("A better translation is suggested"),
    Kind.INTEREST_RECEIVED: _("New expression of interest"),
    Kind.INTEREST_ACCEPTED: _("Your interest was accepted"),
    Kind.INTEREST_DECLINED: _("Your interest was declined"),
    Kind.INTEREST_WITHDRAWN: _("An expression of interest was withdrawn"),
    Kind.INTEREST_EXPIRED: _("An expression of interest expired"),
    Kind.MESSAGE_RECEIVED: _("New message"),
    Kind.SAVED_SEARCH_HITS: _("New results for your saved search"),
    Kind.INVITED: _("You are invited to an organisation"),
}

_BODIES = {
    Kind.LISTING_SUBMITTED: _("%(organisation)s has sent “%(title)s” for review."),
    Kind.LISTING_PUBLISHED: _("“%(title)s” can now be found by everybody."),
    Kind.LISTING_REJECTED: _("“%(title)s” was reviewed and needs changes. Reviewer's note: %(note)s"),
    Kind.LISTING_EXPIRING: _("“%(title)s” expires on %(date)s. You can renew it with one click."),
    Kind.LISTING_EXPIRED: _("“%(title)s” has expired and is no longer shown. You can renew it."),
    Kind.TRANSLATION_SUGGESTED: _("A reader suggests other words for “%(title)s”. Accept or decline them."),
    Kind.INTEREST_RECEIVED: _("%(organisation)s is interested in “%(title)s”. Accept or decline."),
    Kind.INTEREST_ACCEPTED: _(
        "%(organisation)s accepted your interest in “%(title)s”. You can write to each other now."
    ),
    Kind.INTEREST_DECLINED: _("%(organisation)s declined your interest in “%(title)s”."),
    Kind.INTEREST_WITHDRAWN: _("%(organisation)s has withdrawn its interest in “%(title)s”."),
    Kind.INTEREST_EXPIRED: _("%(organisation)s: the interest in “%(title)s” expired without an answer."),
    Kind.MESSAGE_RECEIVED: _("%(organisation)s wrote to you about “%(title)s”."),
    Kind.INVITED: _("%(inviter)s invites you to join %(organisation)s."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    title: str  # plain and short: also the subject of the mail
    body: str  # one or two sentences


def check_params(kind: Kind, params: dict[str, Any]) -> None:
    """ValueError where a name is missing, so that no notice is stored that cannot be said."""
    if missing := PARAMS[kind] - params.keys():
        raise ValueError(f"{kind}: missing {', '.join(sorted(missing))}")


def notice(kind: str, params: dict[str, Any], language: str) -> Notice:
    """The notice in one of our languages (BCP-47)."""
    known = Kind(kind)
    with override(languages.BY_CODE[language].django):
        return Notice(str(_TITLES[known]), _body(known, _shown(params, language)))


def _body(kind: Kind, shown: dict[str, Any]) -> str:
    if kind == Kind.SAVED_SEARCH_HITS:
        sentence = ngettext(
            "%(count)s new listing fits “%(name)s”.",
            "%(count)s new listings fit “%(name)s”.",
            shown["number"],
        )
        return sentence % shown
    if kind == Kind.LISTING_REJECTED and not shown["note"]:
        return gettext("“%(title)s” was reviewed and needs changes.") % shown
    return str(_BODIES[kind]) % shown


def _shown(params: dict[str, Any], language: str) -> dict[str, Any]:
    shown: dict[str, Any] = {key: isolated(str(value)) if value else "" for key, value in params.items()}
    if "date" in params:
        shown["date"] = cldr.day(date.fromisoformat(params["date"][:10]), language)
    if "count" in params:
        shown |= {"number": int(params["count"]), "count": cldr.quantity(int(params["count"]), language)}
    return shown
