"""Every change to listings and their translations. Each function is one transaction."""

from mawsim.listings.actions.bodies import translate_bodies, want_body
from mawsim.listings.actions.clock import expire_due
from mawsim.listings.actions.content import import_listing, save_listing
from mawsim.listings.actions.corrections import approve_translation, review_translation, set_translation
from mawsim.listings.actions.outbox import organisation_changed
from mawsim.listings.actions.outside import import_xliff
from mawsim.listings.actions.steps import (
    approve_edit,
    archive,
    hold,
    publish,
    reject,
    renew,
    restore,
    resume,
    set_open,
    submit,
    withdraw,
)
from mawsim.listings.actions.suggestions import (
    accept_suggestion,
    decline_suggestion,
    suggest_translation,
)
from mawsim.listings.actions.translations import translate_pending, translations_changed

__all__ = [
    "accept_suggestion",
    "approve_edit",
    "approve_translation",
    "archive",
    "decline_suggestion",
    "expire_due",
    "hold",
    "import_listing",
    "import_xliff",
    "organisation_changed",
    "publish",
    "reject",
    "renew",
    "restore",
    "resume",
    "review_translation",
    "save_listing",
    "set_open",
    "set_translation",
    "submit",
    "suggest_translation",
    "translate_bodies",
    "translate_pending",
    "translations_changed",
    "want_body",
    "withdraw",
]
