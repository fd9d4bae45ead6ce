"""Every change to interests and conversations."""

from mawsim.deals.actions.interests import (
    accept,
    decline,
    expire_interests,
    express_interest,
    withdraw,
)
from mawsim.deals.actions.messages import mark_read, mark_seen, post_message
from mawsim.deals.actions.translations import (
    translate_pending,
    translations_changed,
    want_translations,
)

__all__ = [
    "accept",
    "decline",
    "expire_interests",
    "express_interest",
    "mark_read",
    "mark_seen",
    "post_message",
    "translate_pending",
    "translations_changed",
    "want_translations",
    "withdraw",
]
