"""Finding listings by their very words, in PostgreSQL: names, acronyms, model numbers."""

from collections.abc import Sequence

from django.db.models import BooleanField, F, FloatField, Func, Q, Value
from django.db.models.expressions import Combinable, CombinedExpression

from mawsim.listings import queries as listings
from mawsim.matches import engine
from mawsim.matches.filters import Filters

# Without positions in the document, ts_rank of an any-of query is 6/pi^2 x (terms found) / (terms asked).
_RANK_OF_ALL = 0.6079271
# A document that shares less of the query's weight than this shares chance pairs of letters.
COVERAGE = 0.2


class _TsQuery(Func):
    """Terms as they were stored: a cast, where to_tsquery would cut them once more."""

    template = "(%(expressions)s)::tsquery"
    arity = 1


def candidates(query: str, filters: Filters, limit: int) -> list[tuple[int, float]]:
    """Up to `limit` public listings that share words with the query, best first, as (id, coverage):
    the share of the query's weight that the listing's words make up, 0 to 1."""
    groups = engine.lexical_queries(query)
    if not groups:
        return []
    document = F("search_document__terms")
    anything = _TsQuery(Value(" | ".join(group.tsquery for group in groups)))
    shares = CombinedExpression(document, "@@", anything, output_field=BooleanField())
    found = listings.public().filter(filters.q(), Q(shares)).annotate(coverage=_coverage(document, groups))
    ranked = found.filter(coverage__gte=COVERAGE).order_by("-coverage", "pk").values_list("pk", "coverage")
    return list(ranked[:limit])


def _coverage(document: F, groups: Sequence[engine.WeightedQuery]) -> Combinable:
    total = sum(group.weight * group.number for group in groups)
    coverage: Combinable = Value(0.0)
    for group in groups:
        evenly = Value("{1,1,1,1}")
        rank = Func(
            Func(evenly, template="%(expressions)s::float4[]"),
            document,
            _TsQuery(Value(group.tsquery)),
            function="ts_rank",
            output_field=FloatField(),
        )
        coverage += rank * Value(group.weight * group.number / total / _RANK_OF_ALL, FloatField())
    return coverage
