"""Sign-up and personal settings."""

from django import forms


class SignupForm(forms.Form):
    """Extra fields of the sign-up page."""

    def signup(self, request: object, user: object) -> None:
        """Called by allauth once the user is saved."""
