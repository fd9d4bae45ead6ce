"""What the search page is asked, read from its address; the form to keep a search."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from mawsim.matches.filters import FACETS, Filters, address
from mawsim.matches.models import SavedSearch

_MORE_THAN_ANY_CHOICE = 300  # values of one facet that are looked at


@dataclass(frozen=True)
class Asked:
    """A search as its address tells it. `unknown`: values that no vocabulary knows; they are left out."""

    query: str
    filters: Filters
    page: int
    unknown: list[str]

    @classmethod
    def read(cls, data: QueryDict) -> "Asked":
        raw: dict[str, Any] = {name: data.getlist(name)[:_MORE_THAN_ANY_CHOICE] for name in FACETS}
        raw |= {name: data.get(name, "") for name in ("stage_min", "stage_max")}
        filters, unknown = Filters.parse(raw)
        page = data.get("page", "1")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 1
        return cls(data.get("q", ""), filters, number, [value[:40] for value in unknown[:5]])

    def address(self, filters: Filters | None = None, page: int = 1) -> str:
        """The query string of this search, with other filters or another page."""
        return address(self.query, self.filters if filters is None else filters, page)


class SavedSearchForm(forms.ModelForm):
    """The name of a kept search; its query and filters come along as the search page's own fields."""

    class Meta:
        model = SavedSearch
        fields = ("name", "notify")
        labels = {"name": _("Name"), "notify": _("Notify me of new results")}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        self.fields["name"].widget.attrs["dir"] = "auto"
