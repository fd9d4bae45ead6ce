"""Every number of the training recipe, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from matching.training.lexicon import DEFAULT_LEXICON

LANGUAGES = ("ko", "id", "ms", "vi", "th", "tl", "km", "lo", "my", "ar", "he", "fa", "tr", "zh")
"""Corpus file names; `zh` there is zh-Hans. English is the other side of every pair."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Paths and hyper-parameters. `work` keeps caches and checkpoints and may be deleted at any time."""

    corpus: Path
    work: Path
    out: Path
    lexicon: Path = DEFAULT_LEXICON
    version: str = "static-v2"
    seed: int = 20261122

    # Strong copyleft sources stay out: the model is to be shipped under a permissive licence.
    excluded_licences: str = r"GPL"
    min_chars: int = 2
    max_chars: int = 600

    vocabulary_size: int = 64_000
    # Characters per language that the vocabulary is learnt from; scripts count alike.
    vocabulary_chars: int = 2_200_000
    vocabulary_weights: tuple[tuple[str, float], ...] = (("en", 2.0), ("zh", 0.6), ("ko", 0.9))
    character_coverage: float = 0.9998

    teacher_share: float = 0.6
    teacher_min_words: int = 3
    teacher_max_tokens: int = 96
    teacher_batch: int = 128

    dimension: int = 384
    max_tokens: int = 96
    batch: int = 2048
    epochs: int = 3
    learning_rate: float = 0.02
    temperature: float = 0.05
    language_exponent: float = 0.6
    # Share of pairs whose English side is replaced by another language's translation of it.
    pivot_share: float = 0.25
    token_dropout: float = 0.1
    vector_weight: float = 1.0
    matrix_weight: float = 20.0
    checkpoint_every: int = 200
    log_every: int = 25

    concept_steps: int = 150
    # Sentence pairs and pairs of concept texts in one step.
    concept_pairs: int = 1024
    concept_batch: int = 512
    concept_learning_rate: float = 0.005
    # Weight of the concepts' loss beside the sentence pairs', which go on so that nothing is forgotten.
    concept_weight: float = 0.5
    # A piece with this share of its language's text takes half of what it learnt from the concepts.
    common_share: float = 3e-4
    held_out_share: float = 0.1
