"""Stage `tokenizer`: a unigram vocabulary in which every script gets its share."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import sentencepiece
from tokenizers import Tokenizer, models, pre_tokenizers

from matching.training.config import LANGUAGES, TrainingConfig
from matching.training.corpus import load_english, load_pairs


def train_tokenizer(config: TrainingConfig) -> None:
    """Write tokenizer.json (Hugging Face `tokenizers` format) and the fairness report fertility.json."""
    if (config.work / "tokenizer.json").exists():
        return
    prefix = config.work / "unigram"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=_sample(config),
        model_prefix=str(prefix),
        model_type="unigram",
        vocab_size=config.vocabulary_size,
        character_coverage=config.character_coverage,
        normalization_rule_name="identity",
        split_digits=True,
        max_sentencepiece_length=16,
        max_sentence_length=4_000,
        num_threads=2,
        bos_id=-1,
        eos_id=-1,
        pad_id=-1,
        unk_id=0,
        minloglevel=1,
    )
    tokenizer = convert(prefix.with_suffix(".model").read_bytes())
    tokenizer.save(str(config.work / "tokenizer.json"), pretty=False)
    report = measure_fertility(config, tokenizer)
    (config.work / "fertility.json").write_text(json.dumps(report, indent=1))


def convert(model: bytes) -> Tokenizer:
    """Return the `tokenizers` twin of a sentencepiece unigram model; it expects normalised text."""
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
    scores = [(pieces.id_to_piece(i), pieces.get_score(i)) for i in range(pieces.get_piece_size())]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=pieces.unk_id(), byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def _sample(config: TrainingConfig) -> Iterator[str]:
    weights = dict(config.vocabulary_weights)
    for number, lang in enumerate(("en", *LANGUAGES)):
        texts = load_english(config) if lang == "en" else load_pairs(config, lang).texts
        budget = int(config.vocabulary_chars * weights.get(lang, 1.0))
        rng = np.random.default_rng([config.seed, number])
        for index in rng.permutation(len(texts)):
            budget -= len(texts[index])
            if budget < 0:
                break
            yield texts[index]


def measure_fertility(config: TrainingConfig, tokenizer: Tokenizer, sample: int = 3_000) -> dict[str, float]:
    """Return, per language, pieces of its sentences / pieces of the same sentences in English."""
    english = load_english(config)
    report = {}
    for lang in LANGUAGES:
        pairs = load_pairs(config, lang)
        chosen = np.random.default_rng(config.seed).permutation(len(pairs.texts))[:sample]
        ours = tokenizer.encode_batch([pairs.texts[i] for i in chosen])
        theirs = tokenizer.encode_batch([english[pairs.english[i]] for i in chosen])
        report[lang] = round(sum(map(len, ours)) / sum(map(len, theirs)), 3)
    return report
