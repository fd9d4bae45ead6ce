"""Every number of the training recipe, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from matching.training.lexicon import DEFAULT_LEXICON

LANGUAGES = ("ko", "id", "ms", "vi", "th", "tl", "km", "lo", "my", "ar", "he", "fa", "tr", "zh")
"""Corpus file names; `zh` there is zh-Hans. English is the other side of every pair."""

DEFAULT_DOMAIN = Path(__file__).parent / "domain"


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Paths and hyper-parameters. `work` keeps caches and checkpoints and may be deleted at any time."""

    corpus: Path
    work: Path
    out: Path
    lexicon: Path = DEFAULT_LEXICON
    domain: Path = DEFAULT_DOMAIN
    # Tables of the Open Multilingual Wordnet and Princeton's data files; none if empty.
    wordnets: Path = Path()
    version: str = "mawsim-v3"
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

    held_out_share: float = 0.1

    # Knowledge of the field: composed sentences, and how often each kind of example is drawn - sentence
    # pairs, names of concepts, composed sentences, paraphrase groups, general vocabulary.
    composed_sentences: int = 25_000
    static_shares: tuple[float, ...] = (0.4, 0.15, 0.2, 0.1, 0.15)
    student_shares: tuple[float, ...] = (0.45, 0.12, 0.18, 0.12, 0.13)
    near_weight: float = 5.0

    # The static branch's second stage.
    static_steps: int = 900
    static_tokens: int = 40_000
    static_rate: float = 5e-3

    # The transformer branch.
    student_layers: int = 6
    student_heads: int = 12
    student_max_tokens: int = 64
    # Tokens in one step, padding included.
    student_tokens: int = 6_144
    student_steps: int = 1_800
    student_table_rate: float = 2e-3
    student_body_rate: float = 1e-4
    warmup: int = 60
    # Pieces that it reads at once when it serves, and its part in the blend with the static branch.
    window: int = 126
    student_share: float = 0.5
