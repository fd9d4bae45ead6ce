"""Short ways to the people that these tests need beside the cast."""

from allauth.account.models import EmailAddress

from mawsim.accounts.models import User


def person(email: str, *, verified: bool = True, **fields: str) -> User:
    """A user with an address that is confirmed, unless said otherwise."""
    user = User.objects.create_user(email, "correct horse battery", **fields)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user
