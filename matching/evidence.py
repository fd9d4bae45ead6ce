"""The sentences that show why two texts were matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matching.embedding.base import Encoder


class Sentence(NamedTuple):
    """A sentence of a candidate: its place there, and its cosine to the query."""

    position: int
    text: str
    score: float


class SentencePair(NamedTuple):
    """A sentence of a need and the sentence of an offer that answers it, with their places and cosine."""

    need_position: int
    need: str
    offer_position: int
    offer: str
    score: float


def best_sentences(
    encoder: Encoder, query: str, candidates: Sequence[Sequence[str]], limit: int = 1
) -> list[list[Sentence]]:
    """Return for each candidate, given as its sentences, the `limit` nearest to the query, best first.

    One call of the encoder serves all candidates. Equal sentences keep their order; a candidate without
    sentences has none.
    """
    vectors = _encode(encoder, [query, *(text for sentences in candidates for text in sentences)])
    scores = vectors[1:] @ vectors[0]
    best, start = [], 0
    for sentences in candidates:
        own = scores[start : start + len(sentences)]
        start += len(sentences)
        order = np.argsort(-own, kind="stable")[:limit]
        best.append([Sentence(int(i), sentences[i], float(own[i])) for i in order])
    return best


def best_pairs(
    encoder: Encoder, need_sentences: Sequence[str], offer_sentences: Sequence[str], limit: int = 3
) -> list[SentencePair]:
    """Return the `limit` nearest pairs, best first, in which no sentence occurs twice."""
    vectors = _encode(encoder, [*need_sentences, *offer_sentences])
    cosines = vectors[: len(need_sentences)] @ vectors[len(need_sentences) :].T
    pairs: list[SentencePair] = []
    for flat in np.argsort(-cosines, axis=None, kind="stable"):
        if len(pairs) == limit:
            break
        need, offer = (int(i) for i in np.unravel_index(flat, cosines.shape))
        if not any(pair.need_position == need or pair.offer_position == offer for pair in pairs):
            score = float(cosines[need, offer])
            pairs.append(SentencePair(need, need_sentences[need], offer, offer_sentences[offer], score))
    return pairs


def _encode(encoder: Encoder, texts: list[str]) -> NDArray[np.float32]:
    """Encode each distinct text once; return one unit vector per text, shape (len(texts), d)."""
    distinct = list(dict.fromkeys(texts))
    rows = {text: row for row, text in enumerate(distinct)}
    vectors = encoder.encode(distinct)
    return vectors[[rows[text] for text in texts]]
