"""nDCG@10 of queries against documents, overall and by the query's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from matching.embedding import Encoder
from matching.evaluate.reading import Document, InputError, Qrels

CUTOFF = 10
QUERIES_AT_ONCE = 512


def evaluate_retrieval(
    queries: Sequence[Document],
    documents: Sequence[Document],
    qrels: Qrels,
    encoder: Encoder,
    *,
    foreign_only: bool = False,
) -> dict[str, object]:
    """Return nDCG@10 with gains 2^grade - 1. Queries without a relevant document are counted, not scored.

    With `foreign_only` every query is put to the documents in other languages than its own.
    Raises InputError if no query can be scored.
    """
    languages = np.array([document.lang for document in documents])
    if foreign_only:
        qrels = _drop_own_language(queries, documents, qrels)
    judged = [query for query in queries if any(qrels.get(query.id, {}).values())]
    if not judged:
        raise InputError("no query has a judgement above 0: do the ids of queries and qrels agree?")
    ids = [document.id for document in documents]
    corpus = encoder.encode([document.text for document in documents])
    scores: dict[str, list[float]] = defaultdict(list)
    for start in range(0, len(judged), QUERIES_AT_ONCE):
        batch = judged[start : start + QUERIES_AT_ONCE]
        similarities = encoder.encode([query.text for query in batch]) @ corpus.T
        for query, row in zip(batch, similarities, strict=True):
            if foreign_only:
                row = np.where(languages == query.lang, -np.inf, row)
            ranking = [ids[i] for i in np.argsort(-row, kind="stable")[:CUTOFF]]
            scores[query.lang].append(ndcg(ranking, qrels[query.id]))
    everything = [score for values in scores.values() for score in values]
    return {
        "model": encoder.name,
        "queries": len(judged),
        "documents": len(documents),
        "unjudged_queries": len(queries) - len(judged),
        "judged_documents_missing": len({d for grades in qrels.values() for d in grades} - set(ids)),
        "ndcg@10": _mean(everything),
        "by_language": {lang: _mean(scores[lang]) for lang in sorted(scores)},
    }


def _drop_own_language(queries: Sequence[Document], documents: Sequence[Document], qrels: Qrels) -> Qrels:
    language = {document.id: document.lang for document in documents}
    return {
        query.id: {d: grade for d, grade in qrels.get(query.id, {}).items() if language.get(d) != query.lang}
        for query in queries
    }


def ndcg(ranking: Sequence[str], grades: dict[str, int], cutoff: int = CUTOFF) -> float:
    """Return the normalised discounted cumulative gain of a ranking of document ids."""
    ideal = _dcg(sorted(grades.values(), reverse=True)[:cutoff])
    return _dcg([grades.get(document, 0) for document in ranking[:cutoff]]) / ideal if ideal else 0.0


def _dcg(grades: Sequence[int]) -> float:
    gains = 2.0 ** np.array(grades) - 1
    return float((gains / np.log2(np.arange(2, len(gains) + 2))).sum())


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)
