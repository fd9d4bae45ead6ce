"""The fields of the taxonomy in the reader's language: to browse, and while typing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mawsim.core import languages
from mawsim.taxonomy import vocabulary
from mawsim.taxonomy.suggest import SEARCHED, suggest
from mawsim.taxonomy.vocabulary import Vocabulary

LIMIT = 10
QUERY_LENGTH = 100  # longer than every label


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    language = languages.current().code
    context = {
        "pillars": vocabulary.terms(Vocabulary.PILLAR, language),
        "sectors": vocabulary.terms(Vocabulary.SECTOR, language),
        "partnerships": vocabulary.terms(Vocabulary.PARTNERSHIP, language),
        "technologies": vocabulary.grouped(Vocabulary.TECHNOLOGY, language),
        **_suggestions(request),
    }
    return render(request, "web/taxonomy/browse.html", context)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """The fragment for a search box: terms that the reader may mean."""
    return render(request, "web/taxonomy/_suggestions.html", _suggestions(request))


def _suggestions(request: HttpRequest) -> dict[str, object]:
    query = request.GET.get("q", "")[:QUERY_LENGTH]
    wanted = request.GET.get("vocabulary", "")
    kinds = [Vocabulary(wanted)] if wanted in SEARCHED else SEARCHED
    source = request.GET.get("language", "")
    return {
        "query": query,
        "suggestions": suggest(
            query,
            languages.current().code,
            kinds,
            source_language=source if source in languages.BY_CODE else None,
            limit=LIMIT,
        ),
    }
