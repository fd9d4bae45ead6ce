"""Evidence, with an encoder that is real but small: a sentence is the bag of its words."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pytest

from matching.evidence import Sentence, best_pairs, best_sentences


class BagOfWords:
    """Each word has a direction of its own (to about one in a hundred)."""

    name = "bag-of-words"
    dimension = 4_096

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.calls.append(list(texts))
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths, lengths, 1)


def test_the_best_sentence_of_each_candidate_by_one_call() -> None:
    encoder = BagOfWords()
    found = best_sentences(
        encoder,
        "lung x-ray triage",
        [["We are ten people .", "We do lung x-ray reading ."], [], ["lung x-ray triage"]],
    )
    assert [[(s.position, s.text) for s in sentences] for sentences in found] == [
        [(1, "We do lung x-ray reading .")],
        [],
        [(0, "lung x-ray triage")],
    ]
    assert found[0][0].score == pytest.approx(2 / (3 * 6) ** 0.5)
    assert found[2][0].score == pytest.approx(1)
    assert len(encoder.calls) == 1


def test_limit_order_and_repeated_texts() -> None:
    encoder = BagOfWords()
    found = best_sentences(encoder, "a b", [["c", "a", "a b", "a"]], limit=3)[0]
    assert [(s.position, s.text) for s in found] == [(2, "a b"), (1, "a"), (3, "a")]
    assert encoder.calls == [["a b", "c", "a"]]
    assert found[1] == Sentence(1, "a", found[2].score)


def test_best_pairs_use_no_sentence_twice() -> None:
    encoder = BagOfWords()
    pairs = best_pairs(encoder, ["a b", "a b c", "z"], ["a b c", "a b d", "q"], limit=2)
    assert [(p.need, p.offer) for p in pairs] == [("a b c", "a b c"), ("a b", "a b d")]
    assert [p.score for p in pairs] == pytest.approx([1.0, 2 / 6**0.5])
    assert (pairs[1].need_position, pairs[1].offer_position) == (0, 1)
    assert len(encoder.calls) == 1


def test_no_sentences_no_pairs() -> None:
    assert best_pairs(BagOfWords(), ["a"], []) == []
    assert best_sentences(BagOfWords(), "a", []) == []
