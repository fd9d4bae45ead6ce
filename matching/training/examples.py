"""What both branches learn from: texts in any language, each with the vector of its English meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.training.config import TrainingConfig
from matching.training.data import load_corpus
from matching.training.teacher import load_teacher_vectors


@dataclass(frozen=True, slots=True)
class Examples:
    """Text `i` is `tokens[starts[i]:starts[i + 1]]` and should land at `goals[goal[i]]`.

    `stratum[i]` is the group that it is drawn with: a language of the bitext, or one kind of knowledge.
    """

    tokens: np.ndarray
    starts: np.ndarray
    goal: np.ndarray
    stratum: np.ndarray
    goals: np.ndarray

    def __len__(self) -> int:
        return len(self.goal)


def from_bitext(config: TrainingConfig) -> Examples:
    """Return every sentence whose English side the teacher knows; strata 0.. are en and then LANGUAGES."""
    corpus = load_corpus(config)
    ids, vectors = load_teacher_vectors(config)
    row = np.full(len(corpus.joined_starts) - 1, -1)
    row[ids] = np.arange(len(ids))
    taught = row[corpus.english] >= 0
    texts = np.concatenate([ids, corpus.texts[taught]])
    goal = np.concatenate([row[ids], row[corpus.english[taught]]])
    stratum = np.concatenate([np.zeros(len(ids), np.int8), corpus.languages[taught] + 1])
    lengths = corpus.starts[texts + 1] - corpus.starts[texts]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    positions = np.repeat(corpus.starts[texts] - starts[:-1], lengths) + np.arange(starts[-1])
    return Examples(corpus.tokens[positions], starts, goal, stratum, vectors)


def join(parts: list[Examples]) -> Examples:
    """Return all examples as one set; the strata of a later part follow those of the parts before it."""
    strata, goals, tokens, starts = [], [], [], [np.zeros(1, np.int64)]
    base = first = 0
    shift = 0
    for part in parts:
        strata.append(part.stratum.astype(np.int16) + base)
        goals.append(part.goal + first)
        tokens.append(part.tokens)
        starts.append(part.starts[1:] + shift)
        base += int(part.stratum.max()) + 1
        first += len(part.goals)
        shift += int(part.starts[-1])
    return Examples(
        np.concatenate(tokens),
        np.concatenate(starts),
        np.concatenate(goals),
        np.concatenate(strata),
        np.concatenate([part.goals for part in parts]),
    )


def draw_batches(
    examples: Examples, shares: np.ndarray, config: TrainingConfig, tokens: int, epoch: int
) -> Iterator[np.ndarray]:
    """Yield ids of texts of like length, about `tokens` pieces a batch.

    `shares[s]` is how often stratum `s` is drawn. No goal stands twice in a batch.
    """
    rng = np.random.default_rng([config.seed, 7, epoch])
    wanted = (shares / shares.sum() * len(examples)).astype(int)
    drawn = np.concatenate(
        [_cycle(np.flatnonzero(examples.stratum == s), n, rng) for s, n in enumerate(wanted) if n]
    )
    lengths = np.minimum(examples.starts[drawn + 1] - examples.starts[drawn], config.student_max_tokens) + 2
    # A little noise mixes the lengths, so that batches differ from epoch to epoch.
    order = np.argsort(lengths * rng.uniform(0.9, 1.1, len(lengths)), kind="stable")
    drawn, lengths = drawn[order], lengths[order]
    cuts, begin = [], 0
    while begin < len(drawn):
        size = max(32, tokens // int(lengths[begin : begin + 2048].max()))
        # The longest of the batch decides its cost, and lengths grow slowly.
        size = max(32, tokens // int(lengths[begin : begin + size].max()))
        cuts.append((begin, begin + size))
        begin += size
    for number in rng.permutation(len(cuts)):
        chosen = drawn[slice(*cuts[number])]
        _, first = np.unique(examples.goal[chosen], return_index=True)
        yield chosen[first]


def _cycle(texts: np.ndarray, wanted: int, rng: np.random.Generator) -> np.ndarray:
    rounds = [rng.permutation(texts) for _ in range(-(-wanted // max(len(texts), 1)))]
    return np.concatenate(rounds)[:wanted] if rounds else texts[:0]


def share_out(parts: list[Examples], shares: tuple[float, ...], exponent: float) -> np.ndarray:
    """Return the share of every stratum of the joined `parts`: each part's, dealt out by size ** exponent."""
    dealt = []
    for part, share in zip(parts, shares, strict=False):
        sizes = np.bincount(part.stratum).astype(float)
        weights = np.where(sizes > 0, sizes**exponent, 0.0)
        dealt.append(share * weights / weights.sum())
    return np.concatenate(dealt)


def pad(examples: Examples, chosen: np.ndarray, longest: int, first: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (ids, mask) of the texts between [CLS] and [SEP]; `first` is the id of [PAD]."""
    starts = examples.starts[chosen]
    lengths = np.minimum(examples.starts[chosen + 1] - starts, longest)
    ids = np.full((len(chosen), int(lengths.max()) + 2), first, dtype=np.int64)
    columns = np.arange(ids.shape[1] - 2)
    inside = columns < lengths[:, None]
    ids[:, 0] = first + 1
    ids[:, 1:-1][inside] = examples.tokens[(starts[:, None] + columns)[inside]]
    ids[np.arange(len(chosen)), lengths + 1] = first + 2
    mask = np.arange(ids.shape[1]) < (lengths + 2)[:, None]
    return ids, mask
