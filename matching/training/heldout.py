"""Term retrieval across languages: does a synonym never seen in training find its concept?"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from matching.embedding.base import to_unit_rows
from matching.training.config import TrainingConfig
from matching.training.distil import run_static
from matching.training.knowledge import build_knowledge
from matching.training.lexicon import HeldOut, Lexicon, hold_out, read_lexicon

TARGET = "ko"


def measure_held_out(config: TrainingConfig) -> None:
    """Write held-out.json: how well the static branch understands synonyms that a run was not shown."""
    lexicon = read_lexicon(config.lexicon)
    kept, held = hold_out(lexicon, config.held_out_share, config.seed)
    knowledge = build_knowledge(config, kept, frozenset(item.name for item in held))
    after = run_static(config, knowledge, "held-out")
    before = np.load(config.work / "weights.npy")
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    scores = [score_held_out(weight, tokenizer, lexicon, held) for weight in (before, after)]
    report = dict(zip(("before", "after"), scores, strict=True))
    (config.work / "held-out.json").write_text(json.dumps(report, indent=1))


def score_held_out(
    weight: np.ndarray, tokenizer: Tokenizer, lexicon: Lexicon, held: Sequence[HeldOut]
) -> dict[str, object]:
    """Return {"top1", "mrr", "names", "top1_by_language"} of the held-out names against all Korean labels.

    `weight` (vocabulary, dimension) are the rows of the encoder, `tokenizer` its own.
    """
    labels = _encode(weight, tokenizer, [names[0] for names in lexicon.names[TARGET]])
    wanted = np.array([lexicon.codes.index(item.code) for item in held])
    similarities = _encode(weight, tokenizer, [item.name for item in held]) @ labels.T
    own = similarities[np.arange(len(held)), wanted]
    ranks = (similarities > own[:, None]).sum(axis=1) + 1
    by_language: dict[str, list[bool]] = defaultdict(list)
    for item, rank in zip(held, ranks, strict=True):
        by_language[item.language].append(bool(rank == 1))
    return {
        "names": len(held),
        "top1": round(float((ranks == 1).mean()), 4),
        "mrr": round(float((1 / ranks).mean()), 4),
        "top1_by_language": {lang: round(float(np.mean(hits)), 4) for lang, hits in by_language.items()},
    }


def _encode(weight: np.ndarray, tokenizer: Tokenizer, texts: Sequence[str]) -> np.ndarray:
    sums = np.zeros((len(texts), weight.shape[1]), dtype=np.float32)
    for row, text in enumerate(texts):
        # Row 0 is the unknown piece, which is no part of any mean.
        ids = [piece for piece in tokenizer.encode(text).ids if piece]
        sums[row] = weight[ids].sum(axis=0)
    return to_unit_rows(sums)
