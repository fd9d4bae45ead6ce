"""Search: candidates by meaning and by words, fused, read again through the public listings, shown with
the sentence that answers the query."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mawsim.accounts.models import Organisation
from mawsim.accounts.rules import Reader
from mawsim.core.errors import InvalidInput
from mawsim.core.text import tidy
from mawsim.listings import queries as listings
from mawsim.listings.models import Listing
from mawsim.listings.queries import ListingCard
from mawsim.matches import engine, lexical, reader
from mawsim.matches.evidence import Evidence, answers
from mawsim.matches.facets import FacetOptions, facet_options
from mawsim.matches.filters import Filters
from mawsim.matches.models import Feedback, Verdict

if TYPE_CHECKING:
    from mawsim.matches.engine import Encoder

PAGE = 10
MAX_PAGES = 20
# Always the same number, whatever the page: so the order is one and the same on all pages.
CANDIDATES = PAGE * MAX_PAGES
QUERY_LENGTH = 500
# A place in the ranking by words weighs this much times the square of how far the listing covers the query:
# a name or a model number is found by the word, a sentence (which no listing repeats) by its meaning.
# Measured with tests.bench.hybrid: whatever favours words more costs needs that are asked for in sentences.
WORDS_WEIGHT = 3.0
# Everything is a little like everything: what is far from the query, or far behind the best, is no answer.
# Measured with the bundled model on company texts: true answers 0.35 to 0.6, half of all others below 0.25.
FLOOR, SHARE_OF_BEST = 0.2, 0.6


@dataclass(frozen=True)
class Result:
    """One listing found. `own`: of the organisation the reader acts for; `verdict`: what it decided."""

    card: ListingCard
    evidence: Evidence | None = None
    score: float = 0.0
    own: bool = False
    verdict: str = ""


@dataclass(frozen=True)
class SearchPage:
    """One page of results. `degraded`: the meaning of the query could not be compared, only its words."""

    query: str
    filters: Filters
    results: list[Result]
    degraded: bool
    number: int
    total: int
    language: str

    @cached_property
    def facets(self) -> list[FacetOptions]:
        """Every facet with its values; not asked for where the page has kept what it made of them."""
        return facet_options(self.filters, self.language)

    @property
    def has_next(self) -> bool:
        return self.number < MAX_PAGES and self.number * PAGE < self.total

    @property
    def has_previous(self) -> bool:
        return self.number > 1


@dataclass
class Ranking:
    """Public listings in the order of their fitness: [(id, score)]."""

    hits: list[tuple[int, float]]
    degraded: bool = False
    encoder: "Encoder | None" = None


def search(
    *,
    user: Reader,
    query: str,
    filters: Filters,
    language: str,
    page: int = 1,
    organisation: Organisation | None = None,
) -> SearchPage:
    """A page of public listings that answer the query, in the reader's language.

    Without a query: all that pass the filters, newest first. Acting for an organisation, what it has
    dismissed is left out. Raises `InvalidInput` for a query that is too long.
    """
    query = checked(query)
    number = min(max(page, 1), MAX_PAGES)
    ranking = rank(query, filters, organisation) if query else newest(filters, organisation)
    hits = ranking.hits[(number - 1) * PAGE : number * PAGE]
    return SearchPage(
        query=query,
        filters=filters,
        results=_results(hits, query, ranking.encoder, language, organisation),
        degraded=ranking.degraded,
        number=number,
        total=len(ranking.hits),
        language=language,
    )


def checked(query: str) -> str:
    """The query without what surrounds it. Raises `InvalidInput` above `QUERY_LENGTH` characters."""
    query = " ".join(tidy(query).split())
    at_most(QUERY_LENGTH, query, "q")
    return query


def at_most(limit: int, text: str, field: str) -> None:
    """Raise `InvalidInput` for the field when the text is longer than `limit` characters."""
    if len(text) > limit:
        message = _("Please use at most %(limit)d characters (now: %(length)d).")
        raise InvalidInput({field: message % {"limit": limit, "length": len(text)}})


def newest(filters: Filters, organisation: Organisation | None) -> Ranking:
    found = _shown(filters, organisation).order_by("-published_at", "-pk")
    return Ranking([(pk, 0.0) for pk in found.values_list("pk", flat=True)[:CANDIDATES]])


def rank(
    query: str, filters: Filters, organisation: Organisation | None = None, *, wait: bool = False
) -> Ranking:
    """The best candidates for a query, only such as are public now and pass the filters now.

    `wait` lets a worker wait for the encoder; a page goes without it instead.
    """
    ranking = _by_meaning(query, filters, wait)
    words = lexical.candidates(query, filters, CANDIDATES)
    by_meaning = [(pk, 1.0) for pk, _score in ranking.hits]
    by_words = [(pk, WORDS_WEIGHT * coverage**2) for pk, coverage in words]
    fused = engine.fuse([by_meaning, by_words])
    ids = [pk for pk, _score in fused]
    shown = set(_shown(filters, organisation).filter(pk__in=ids).values_list("pk", flat=True))
    ranking.hits = [hit for hit in fused if hit[0] in shown][:CANDIDATES]
    return ranking


def _by_meaning(query: str, filters: Filters, wait: bool) -> Ranking:
    serving = reader.serving()
    if serving is None:
        return Ranking([], degraded=True)
    encoder = engine.query_encoder(serving.model.source, serving.model.name, wait=wait)
    if encoder is None:
        return Ranking([], degraded=True)
    try:
        vector = engine.embed_query(encoder, query)
    except engine.EncoderUnavailable:
        return Ranking([], degraded=True)
    if engine.says_nothing(vector) or filters.is_empty_range:
        return Ranking([], degraded=serving.partial, encoder=encoder)
    hits = engine.nearest(serving.index, [vector], CANDIDATES, filters.coded())[0]
    near = [(hit.id, hit.score) for hit in hits if hit.score >= max(FLOOR, hits[0].score * SHARE_OF_BEST)]
    return Ranking(near, serving.partial or serving.is_away, encoder)


def _shown(filters: Filters, organisation: Organisation | None) -> QuerySet[Listing]:
    """Public listings that pass the filters and were not dismissed by the organisation."""
    shown = listings.public().filter(filters.q())
    if organisation is not None:
        dismissed = Feedback.objects.filter(organisation=organisation, verdict=Verdict.DISMISSED)
        shown = shown.exclude(pk__in=dismissed.values("listing"))
    return shown


def _results(
    hits: Sequence[tuple[int, float]],
    query: str,
    encoder: "Encoder | None",
    language: str,
    organisation: Organisation | None,
) -> list[Result]:
    ids = [pk for pk, _score in hits]
    # Read through the public ones once more: what was hidden a moment ago is not shown.
    found = listings.public().filter(pk__in=ids).select_related("organisation").in_bulk()
    cards = listings.cards([found[pk] for pk in ids if pk in found], language)
    evidence = answers(encoder, query, cards, language)
    verdicts = dict(
        Feedback.objects.filter(organisation=organisation, listing__in=ids).values_list(
            "listing_id", "verdict"
        )
        if organisation
        else ()
    )
    scores = dict(hits)
    return [
        Result(
            card=card,
            evidence=evidence.get(card.listing.pk),
            score=scores[card.listing.pk],
            own=organisation is not None and card.listing.organisation_id == organisation.pk,
            verdict=verdicts.get(card.listing.pk, ""),
        )
        for card in cards
    ]
