"""What the operators' administration leaves to the site's own actions, where rules and notices apply."""

from typing import Any

from django.http import HttpRequest


class Kept:
    """Mixed into an admin or inline: rows come and go by actions only."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(Kept):
    """To be looked at only."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
