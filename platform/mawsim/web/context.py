"""What every page needs to know."""

from typing import Any

from django.http import HttpRequest

from mawsim.core import languages


def page(request: HttpRequest) -> dict[str, Any]:
    return {"reader": languages.current(), "languages": languages.LANGUAGES}
