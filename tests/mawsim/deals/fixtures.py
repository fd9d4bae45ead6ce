"""An open listing of the Korean firm, an interest in it, and the conversation that follows."""

from collections.abc import Callable

import pytest

from mawsim.accounts.models import Role
from mawsim.deals import actions
from mawsim.deals.models import Conversation, Interest
from mawsim.listings.models import Listing
from tests.conftest import Cast
from tests.mawsim.deals.steps import express, new_listing


@pytest.fixture
def make_listing() -> Callable[..., Listing]:
    return new_listing


@pytest.fixture
def listing(cast: Cast) -> Listing:
    return new_listing(cast.hanbit)


@pytest.fixture
def interest(cast: Cast, listing: Listing) -> Interest:
    """VietCare's, in Hanbit's listing."""
    return express(cast, listing)


@pytest.fixture
def conversation(cast: Cast, interest: Interest) -> Conversation:
    return actions.accept(actor=cast.of(cast.hanbit, Role.EDITOR), interest=interest)
