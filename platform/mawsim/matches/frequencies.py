"""How many documents hold a term, and which words there are: so that rare terms count and slips do not."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db import connection, transaction

from mawsim.matches import engine

# Counting reads every document, or about this many of them.
SAMPLE = 50_000
# A new count is due once the number of documents has changed by this share.
CHANGED = 0.05
_TOTAL = ""  # the row that holds the number of documents
_FEW = 1_000


class Frequencies(NamedTuple):
    """The number of documents, and how many hold each of the terms asked for; unknown ones are left out."""

    total: int
    documents: dict[str, int]


def frequencies(terms: Collection[str]) -> Frequencies:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT term, documents FROM matches_termfrequency WHERE term = ANY(%s)"
            " UNION ALL"
            " SELECT NULL, reltuples::bigint FROM pg_class WHERE oid = 'matches_searchdocument'::regclass",
            [[_TOTAL, *terms]],
        )
        found = dict(cursor.fetchall())
    # Before the first count the planner's estimate has to do, and before that there are few.
    estimate = found.pop(None)
    total = found.pop(_TOTAL, estimate)
    return Frequencies(total if total > 0 else _FEW, found)


def spellings(words: Sequence[str]) -> dict[str, list[str]]:
    """{word: known words that it may be a slip of, nearest first}; words without any are left out."""
    keys = sorted({key for word in words for key in engine.spelling_keys(word)})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT term FROM matches_termfrequency WHERE spelling_keys && %s::varchar[] AND term <> ALL(%s)",
            [keys, list(words)],
        )
        known = [term for (term,) in cursor.fetchall()]
    found = {word: engine.likely_spellings(word, known) for word in words}
    return {word: near for word, near in found.items() if near}


def remember(terms: Iterable[str]) -> None:
    """Add the words among the terms that are not known yet, with one document until the next count."""
    words = sorted({term for term in terms if engine.is_spellable(term)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT term FROM matches_termfrequency WHERE term = ANY(%s)", [words])
        known = {term for (term,) in cursor.fetchall()}
        # In order, so that two that add the same words do not wait for each other in a circle.
        cursor.executemany(
            "INSERT INTO matches_termfrequency (term, documents, spelling_keys) VALUES (%s, 1, %s)"
            " ON CONFLICT (term) DO NOTHING",
            [(word, engine.spelling_keys(word)) for word in words if word not in known],
        )


def count_terms(*, force: bool = False) -> bool:
    """Count anew if the documents have become more or fewer (or `force`); returns whether it was done.

    Of many documents a sample of pages is read, which costs the same at any size.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('matches.count_terms'))")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT count(*) FROM matches_searchdocument")
        total = cursor.fetchone()[0]
        cursor.execute("SELECT documents FROM matches_termfrequency WHERE term = %s", [_TOTAL])
        counted = cursor.fetchone()
        if not force and counted and abs(total - counted[0]) <= CHANGED * counted[0]:
            return False
        _count(total, min(1.0, SAMPLE / max(total, 1)))
    return True


def _count(total: int, share: float) -> None:
    sample = f"TABLESAMPLE SYSTEM ({100 * share:.4f}) REPEATABLE (1)" if share < 1 else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE counted ON COMMIT DROP AS"
            " SELECT word AS term, ceil(ndoc / %s)::int AS documents FROM ts_stat(%s)"
            " WHERE length(word) <= 60",
            [share, f"SELECT terms FROM matches_searchdocument {sample}"],  # noqa: S608
        )
        cursor.execute(
            "INSERT INTO matches_termfrequency AS known (term, documents)"
            " SELECT term, documents FROM counted UNION ALL SELECT %s, %s"
            " ON CONFLICT (term) DO UPDATE SET documents = excluded.documents"
            " WHERE known.documents <> excluded.documents",
            [_TOTAL, total],
        )
        if share == 1:
            cursor.execute(
                "DELETE FROM matches_termfrequency known WHERE term <> %s"
                " AND NOT EXISTS (SELECT FROM counted WHERE counted.term = known.term)",
                [_TOTAL],
            )
        cursor.execute("DROP TABLE counted")
