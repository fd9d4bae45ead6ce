from django.urls import URLPattern, path, register_converter

from mawsim.web.views import bodies, taxonomy
from mawsim.web.views import listings as views

_ONE = "listings/<slug:public_id>/"


class _Action:
    """The steps that are one click. Anything else below a listing belongs to another page."""

    regex = "|".join([*views.CLICKS, "open", "close"])

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(_Action, "listing_action")

urlpatterns: list[URLPattern] = [
    path("listings/new/", views.new, name="listing_new"),
    path("listings/mine/", views.mine, name="my_listings"),
    path("listings/quality/", views.quality, name="listing_quality"),
    path(_ONE, views.show, name="listing"),
    path(_ONE + "edit/", views.edit, name="listing_edit"),
    path(_ONE + "history/", views.history, name="listing_history"),
    path(_ONE + "body/", bodies.body, name="listing_body"),
    path(_ONE + "translation/", views.translate, name="listing_translate"),
    path(_ONE + "<listing_action:action>/", views.step, name="listing_action"),
    path("fields/", taxonomy.browse, name="taxonomy"),
    path("fields/suggest/", taxonomy.suggestions, name="taxonomy_suggest"),
]
