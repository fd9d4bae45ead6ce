"""Language preference: do wrong answers in the reader's language push out right ones in another?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from matching.embedding import Encoder
from matching.evaluate.reading import Document, InputError, Qrels


def evaluate_preference(
    queries: Sequence[Document],
    documents: Sequence[Document],
    qrels: Qrels,
    encoder: Encoder,
) -> dict[str, object]:
    """Return how much more often than by chance intruders are in the query's own language.

    Counted are queries with a relevant document in another language and with irrelevant documents (grade 0 or
    unjudged) both in their own language and in others. For such a query q let I be the irrelevant documents,
    A those of I that score higher than the best relevant document in another language, and own(X) the number
    of documents of X in the language of q. Over the queries of a language with A not empty

        preference = sum of own(A) / |A|  divided by  sum of own(I) / |I|

    is 1.0 where language makes no difference, 2.0 where intruders speak the reader's language twice as often
    as the irrelevant documents do, and 0.0 where they never do. A query counts once however many documents
    intrude. The overall figure is the mean of the languages', so that each counts the same; a language
    without any intruder has none (null). `intruded` is the share of counted queries with an intruder.

    Raises InputError if no query can be counted.
    """
    ids, languages = [d.id for d in documents], np.array([d.lang for d in documents])
    corpus = encoder.encode([document.text for document in documents])
    found: dict[str, list[tuple[float, float] | None]] = defaultdict(list)
    for query in queries:
        grades = qrels.get(query.id, {})
        relevant = np.array([grades.get(id_, 0) > 0 for id_ in ids])
        own = languages == query.lang
        if (relevant & ~own).any() and (~relevant & own).any() and (~relevant & ~own).any():
            scores = corpus @ encoder.encode([query.text])[0]
            found[query.lang].append(_shares(scores, relevant, own))
    if not found:
        raise InputError("no query has a relevant document in another language and irrelevant ones in both")
    by_language = {language: _summarise(found[language]) for language in sorted(found)}
    known = [row["preference"] for row in by_language.values() if row["preference"] is not None]
    everything = [shares for rows in found.values() for shares in rows]
    return {
        "model": encoder.name,
        "queries": len(everything),
        "preference": round(float(np.mean(known)), 3) if known else None,
        "intruded": _summarise(everything)["intruded"],
        "by_language": by_language,
    }


def _shares(scores: np.ndarray, relevant: np.ndarray, own: np.ndarray) -> tuple[float, float] | None:
    """Return the share of own-language documents among the intruders and among all irrelevant documents."""
    intruders = ~relevant & (scores > scores[relevant & ~own].max())
    return (float(own[intruders].mean()), float(own[~relevant].mean())) if intruders.any() else None


def _summarise(rows: Sequence[tuple[float, float] | None]) -> dict[str, float | None]:
    intruded = np.array([row for row in rows if row is not None]).reshape(-1, 2)
    seen, expected = intruded.sum(axis=0)
    return {
        "queries": len(rows),
        "intruded": round(len(intruded) / len(rows), 3),
        "preference": round(float(seen / expected), 3) if len(intruded) else None,
    }
