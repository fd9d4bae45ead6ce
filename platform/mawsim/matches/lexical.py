"""Finding listings by their very words, in PostgreSQL: names, acronyms, model numbers.

Every term weighs what its kind says (`matching.lexical`) times its rarity. A common term would bring
hundreds of thousands of rows, so only the rarest ones find candidates, within a budget of rows; the others
merely add to the scores of what was found. A word that no listing has is taken for a slip of those that
it resembles; codes, acronyms and numbers are taken at their word. What the taxonomy has a name for is found
under all of its names in all languages.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from mawsim.listings import queries as listings
from mawsim.matches import engine, frequencies
from mawsim.matches.documents import concept_terms
from mawsim.matches.filters import Filters
from mawsim.taxonomy.mentions import mentioned

# A document that shares less of the query's weight than this shares chance pairs of letters.
COVERAGE = 0.2
# Rows that the terms of one query may bring together, and one term alone.
ROWS, ROWS_OF_ONE = 6_000, 3_000
# Of these the best are read again through the public listings: more of them where a filter will drop some.
_READ, _READ_FILTERED = 600, 2_000
# A word in other letters than those typed is a guess, one of the taxonomy's a good one.
_GUESS, _CONCEPT = 0.7, 0.8
_COMMON_AT_MOST = 12


class _Wanted(NamedTuple):
    """A term to find. Of the terms of one group the best counts; the group weighs what the query says."""

    group: int
    term: str
    weight: float
    documents: int
    is_asked: bool  # by the reader, rather than another name or spelling of what was


def candidates(query: str, filters: Filters, limit: int) -> list[tuple[int, float]]:
    """Up to `limit` public listings that share words with the query, best first, as (id, coverage):
    the share of the query's weight that the listing's words make up, 0 to 1."""
    wanted, total = _wanted(query)
    if not wanted or not total:
        return []
    rare, common = _parted(wanted)
    most = _READ_FILTERED if filters else _READ
    found = _found(rare, total, most) if rare else {}
    if not any(one.is_asked and one.documents for one in rare):
        found = dict.fromkeys(_together(common, most), 0.0) | found
    public = listings.public().filter(filters.q(), pk__in=list(found)).values_list("pk", flat=True)
    scores = {pk: found[pk] for pk in public}
    best = sorted(scores, key=lambda pk: (-scores[pk], pk))[: 2 * limit]
    scores = {pk: scores[pk] + more for pk, more in _added(best, common, total).items()}
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [(pk, score) for pk, score in ranked if score >= COVERAGE][:limit]


def _wanted(query: str) -> tuple[list[_Wanted], float]:
    """The terms to find, rarest first, and what their groups weigh together."""
    asked = engine.query_terms(query)
    others = _concepts(query)
    known = frequencies.frequencies(
        [*(term for term, _ in asked), *{one for many in others.values() for one in many}]
    )
    unknown = [term for term, _ in asked if term not in known.documents and engine.is_spellable(term)]
    guesses = frequencies.spellings(unknown) if unknown else {}
    if guesses:
        near = frequencies.frequencies([word for words in guesses.values() for word in words])
        known.documents.update(near.documents)
    wanted, total = [], 0.0
    for group, (term, weight) in enumerate(asked):
        shares = {one: _CONCEPT for one in others.get(term, ()) if one in known.documents}
        shares |= dict.fromkeys(guesses.get(term, ()), _GUESS) | {term: 1.0}
        own = known.documents.get(term, 0)  # another name for a common word says no more than the word
        rows = [
            _Wanted(
                group,
                one,
                weight * share * engine.rarity(own or documents, known.total),
                documents,
                one == term,
            )
            for one, share in shares.items()
            for documents in [known.documents.get(one, 0)]
        ]
        wanted += rows
        # What no listing has is asked for all the same, unless there is another name for it.
        total += max(row.weight for row in rows if row.documents or len(rows) == 1)
    return sorted(wanted, key=lambda row: (row.documents, row.group, row.term)), total


def _concepts(query: str) -> dict[str, list[str]]:
    """{term of the query: the terms of the concepts that it helps to name}."""
    found: dict[str, list[str]] = {}
    for mention in mentioned(query):
        for term, _weight in engine.query_terms(mention.words):
            found.setdefault(term, []).extend(concept_terms([mention.code]))
    return found


def _parted(wanted: Sequence[_Wanted]) -> tuple[list[_Wanted], list[_Wanted]]:
    """The rarest terms, as many as the budget of rows allows, and the others."""
    rare, rows = [], 0
    for one in wanted:
        rows += one.documents
        if rows > ROWS or one.documents > ROWS_OF_ONE:
            break
        rare.append(one)
    return rare, list(wanted[len(rare) :])


def _found(rare: Sequence[_Wanted], total: float, most: int) -> dict[int, float]:
    """{listing: coverage} of the listings that hold any of the terms: one look into the index per term."""
    branch = (
        "(SELECT {group} AS part, {weight}::float8 AS weight, listing_id FROM matches_searchdocument"
        " WHERE terms @@ %s::tsquery LIMIT {most})"
    )
    parts = " UNION ALL ".join(
        branch.format(group=one.group, weight=one.weight / total, most=ROWS_OF_ONE) for one in rare
    )
    query = (
        "SELECT listing_id, sum(weight) AS score FROM"  # noqa: S608 - holds numbers only
        f" (SELECT listing_id, max(weight) AS weight FROM ({parts}) hit GROUP BY listing_id, part) best"
        f" GROUP BY listing_id ORDER BY score DESC, listing_id LIMIT {most}"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [engine.quoted_term(one.term) for one in rare])
        return dict(cursor.fetchall())


def _together(common: Sequence[_Wanted], most: int) -> list[int]:
    """Listings that hold the rarest of the words asked for all at once, where every one of them is common."""
    needed = [one for one in common if one.is_asked][:3]
    if not needed:
        return []
    with connection.cursor() as cursor:
        condition = " & ".join(engine.quoted_term(one.term) for one in needed)
        cursor.execute(
            "SELECT listing_id FROM matches_searchdocument WHERE terms @@ %s::tsquery LIMIT %s",
            [condition, most],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _added(ids: Sequence[int], common: Sequence[_Wanted], total: float) -> dict[int, float]:
    """{listing: coverage by the common terms} for the given listings."""
    added = dict.fromkeys(ids, 0.0)
    telling = sorted(common, key=lambda one: -one.weight)[:_COMMON_AT_MOST]
    if not ids or not telling:
        return added
    columns = ", ".join("terms @@ %s::tsquery" for _ in telling)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT listing_id, {columns} FROM matches_searchdocument WHERE listing_id = ANY(%s)",  # noqa: S608
            [*(engine.quoted_term(one.term) for one in telling), list(ids)],
        )
        for pk, *holds in cursor.fetchall():
            best: dict[int, float] = {}
            for one, held in zip(telling, holds, strict=True):
                if held:
                    best[one.group] = max(one.weight, best.get(one.group, 0.0))
            added[pk] = sum(best.values()) / total
    return added
