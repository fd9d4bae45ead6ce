from django.urls import URLPattern, path, register_converter

from mawsim.core.languages import CODES
from mawsim.listings.models import Field
from mawsim.web.views import exchange, translations, workbench


class _Literal:
    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class _Language(_Literal):
    regex = "|".join(CODES)


class _Field(_Literal):
    regex = "|".join(Field.values)


class _Scope(_Literal):
    regex = "public|organisation"


register_converter(_Language, "language")
register_converter(_Field, "text_field")
register_converter(_Scope, "memory_scope")
_LISTING = "listings/<slug:public_id>/translations/"
_ONE = _LISTING + "<language:language>/<text_field:field>/"
_EXCHANGE = "workbench/exchange/<memory_scope:scope>/"

urlpatterns: list[URLPattern] = [
    path(_LISTING, translations.overview, name="listing_translations"),
    path(_LISTING + "<language:language>/xliff/", exchange.xliff, name="xliff"),
    path(_ONE, translations.show, name="translation"),
    path(_ONE + "approve/", translations.approve, name="translation_approve"),
    path(_ONE + "edit/", workbench.edit, name="workbench_edit"),
    path(_ONE + "check/", workbench.check, name="workbench_check"),
    path(_ONE + "hints/", workbench.hints, name="workbench_hints"),
    path(
        "translations/suggestions/<slug:suggestion_id>/", translations.decide, name="translation_suggestion"
    ),
    path("workbench/", workbench.queue, name="workbench"),
    path("workbench/concordance/", workbench.concordance, name="concordance"),
    path("workbench/engines/", workbench.engines, name="translation_engines"),
    path(_EXCHANGE, exchange.page, name="exchange"),
    path(_EXCHANGE + "memory.tmx", exchange.memory, name="memory_export"),
    path(_EXCHANGE + "glossary/<slug:set_id>.<slug:ending>", exchange.glossary, name="glossary_export"),
]
