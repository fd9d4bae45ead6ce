"""Every change to people, organisations, memberships, claims and notices."""

from mawsim.accounts.actions.claims import check_claim, declare_claim, withdraw_claim
from mawsim.accounts.actions.members import (
    accept_invitation,
    change_role,
    invite,
    remove_member,
    revoke_invitation,
)
from mawsim.accounts.actions.notifications import mark_all_read, mark_read, notify
from mawsim.accounts.actions.organisations import (
    create_organisation,
    set_organisation_active,
    set_trade_flag,
    update_organisation,
)
from mawsim.accounts.actions.people import add_person, update_profile

__all__ = [
    "accept_invitation",
    "add_person",
    "change_role",
    "check_claim",
    "create_organisation",
    "declare_claim",
    "invite",
    "mark_all_read",
    "mark_read",
    "notify",
    "remove_member",
    "revoke_invitation",
    "set_organisation_active",
    "set_trade_flag",
    "update_organisation",
    "update_profile",
    "withdraw_claim",
]
