"""Tokenised pairs in flat arrays, and the batches drawn from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer
from tqdm import tqdm

from matching.training.config import LANGUAGES, TrainingConfig
from matching.training.corpus import load_english, load_pairs

CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Corpus:
    """All texts as one token array. Text `i` is `tokens[starts[i]:starts[i + 1]]`; English texts come first.

    Pair `k` joins English text `english[k]` with text `texts[k]` of language `languages[k]`. The texts
    that translate English text `e` are `joined[joined_starts[e]:joined_starts[e + 1]]`.
    """

    tokens: np.ndarray
    starts: np.ndarray
    english: np.ndarray
    texts: np.ndarray
    languages: np.ndarray
    joined: np.ndarray
    joined_starts: np.ndarray


def load_corpus(config: TrainingConfig) -> Corpus:
    """Tokenise everything (cached in tokens.npz) and return it."""
    path = config.work / "tokens.npz"
    if not path.exists():
        part = path.with_suffix(".part.npz")
        np.savez(part, allow_pickle=False, **_tokenise(config))
        part.rename(path)
    arrays = dict(np.load(path))
    order = np.argsort(arrays["english"], kind="stable")
    count = int(arrays["english"].max()) + 1
    joined_starts = np.concatenate([[0], np.cumsum(np.bincount(arrays["english"], minlength=count))])
    return Corpus(**arrays, joined=arrays["texts"][order], joined_starts=joined_starts)


def _tokenise(config: TrainingConfig) -> dict[str, np.ndarray]:
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    tokenizer.enable_truncation(config.max_tokens)
    sentences = load_english(config)
    flat, lengths = _encode(tokenizer, sentences, "en")
    tokens, counts, english, languages = [flat], [lengths], [], []
    for number, lang in enumerate(LANGUAGES):
        pairs = load_pairs(config, lang)
        flat, lengths = _encode(tokenizer, pairs.texts, lang)
        tokens.append(flat)
        counts.append(lengths)
        english.append(pairs.english)
        languages.append(np.full(len(lengths), number, dtype=np.int8))
    starts = np.concatenate([[0], np.cumsum(np.concatenate(counts), dtype=np.int64)])
    return {
        "tokens": np.concatenate(tokens),
        "starts": starts,
        "english": np.concatenate(english),
        "texts": np.arange(len(sentences), len(starts) - 1),
        "languages": np.concatenate(languages),
    }


def _encode(tokenizer: Tokenizer, texts: list[str], label: str) -> tuple[np.ndarray, np.ndarray]:
    flat, lengths = [], []
    for start in tqdm(range(0, len(texts), CHUNK), desc=f"tokenise {label}", leave=False):
        for encoding in tokenizer.encode_batch_fast(texts[start : start + CHUNK]):
            flat.append(np.array(encoding.ids, dtype=np.uint16))
            lengths.append(len(encoding.ids))
    return np.concatenate(flat), np.array(lengths, dtype=np.int64)


def gather(
    corpus: Corpus, texts: np.ndarray, rng: np.random.Generator, dropout: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return (token ids, offsets) of the texts as EmbeddingBag wants them, some tokens dropped at random."""
    starts, lengths = corpus.starts[texts], corpus.starts[texts + 1] - corpus.starts[texts]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    positions = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
    ids = corpus.tokens[positions].astype(np.int64)
    if not dropout:
        return ids, offsets[:-1]
    # Short texts lose nothing: one word fewer would change what they say.
    kept = (rng.random(len(ids)) >= dropout) | np.repeat(lengths < 5, lengths)
    kept[offsets[:-1][lengths > 0]] = True
    return ids[kept], np.concatenate([[0], np.cumsum(kept)])[offsets[:-1]]


def draw_epoch(
    corpus: Corpus, config: TrainingConfig, epoch: int
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield batches (English ids, anchor texts, other texts), no English sentence twice in a batch.

    Languages are drawn by size ** `language_exponent`. The anchor is the English text or, for
    `pivot_share` of the pairs, a random translation of it.
    """
    rng = np.random.default_rng([config.seed, epoch])
    sizes = np.bincount(corpus.languages, minlength=len(LANGUAGES))
    quota = sizes**config.language_exponent
    quota = (quota / quota.sum() * len(corpus.texts)).astype(int)
    drawn = [_cycle(np.flatnonzero(corpus.languages == lang), n, rng) for lang, n in enumerate(quota)]
    order = rng.permutation(np.concatenate(drawn))
    for start in range(0, len(order) - config.batch + 1, config.batch):
        chosen = order[start : start + config.batch]
        english, first = np.unique(corpus.english[chosen], return_index=True)
        anchors = english.astype(np.int64)
        pivot = np.flatnonzero(rng.random(len(english)) < config.pivot_share)
        low, high = corpus.joined_starts[english[pivot]], corpus.joined_starts[english[pivot] + 1]
        anchors[pivot] = corpus.joined[rng.integers(low, high)]
        others = corpus.texts[chosen[first]]
        yield english, np.where(anchors == others, english, anchors), others


def _cycle(pairs: np.ndarray, wanted: int, rng: np.random.Generator) -> np.ndarray:
    rounds = [rng.permutation(pairs) for _ in range(-(-wanted // len(pairs)))]
    return np.concatenate(rounds)[:wanted]


def count_batches(corpus: Corpus, config: TrainingConfig) -> int:
    """Return the batches of one epoch, at most; the truncation of quotas may cost the last one."""
    return len(corpus.texts) // config.batch
