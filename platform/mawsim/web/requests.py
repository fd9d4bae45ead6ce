"""What a view may rely on once middleware and decorators have let the request through. For type checks."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from mawsim.accounts.models import Organisation, User


class Request(HttpRequest):
    """Any request."""

    htmx: HtmxDetails


class SignedIn(Request):
    """A request behind `login_required`."""

    user: User


class Member(SignedIn):
    """A request behind `member_required`."""

    organisation: Organisation  # for which the user acts
