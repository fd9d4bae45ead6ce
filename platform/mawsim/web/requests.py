"""What a view may rely on once a decorator has let the request through."""

from django.http import HttpRequest

from mawsim.accounts.models import User


class SignedIn(HttpRequest):
    """A request behind `login_required` or `member_required`. For type checks only."""

    user: User
