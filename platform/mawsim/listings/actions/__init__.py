"""Every change to listings and their translations. Each function is one transaction."""

from mawsim.listings.actions.bodies import translate_bodies, want_body
from mawsim.listings.actions.clock import expire_due
from mawsim.listings.actions.content import import_listing, save_listing
from mawsim.listings.actions.corrections import set_translation
from mawsim.listings.actions.outbox import organisation_changed
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
from mawsim.listings.actions.translations import translate_pending, translations_changed

__all__ = [
    "approve_edit",
    "archive",
    "expire_due",
    "hold",
    "import_listing",
    "organisation_changed",
    "publish",
    "reject",
    "renew",
    "restore",
    "resume",
    "save_listing",
    "set_open",
    "set_translation",
    "submit",
    "translate_bodies",
    "translate_pending",
    "translations_changed",
    "want_body",
    "withdraw",
]
