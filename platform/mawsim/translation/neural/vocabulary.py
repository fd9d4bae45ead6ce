"""Stage `vocabulary`: one unigram vocabulary for all languages, in which every script gets its share."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import sentencepiece

from .config import ENGLISH, LANGUAGES, NeuralConfig, tag_of
from .corpus import read_rows
from .prepare import clean_folder, read_report

UNK, BOS, EOS, PAD = "<unk>", "<s>", "</s>", "<pad>"


def learn_vocabulary(config: NeuralConfig) -> None:
    """Write pieces.model: <unk> <s> </s> <pad>, a tag per language, the sentinels, bytes, pieces.

    Tags are control symbols: no text can hold one. Sentinels are pieces of their own in any text.
    """
    path = model_path(config)
    if path.exists():
        return
    prefix = path.with_name("learning")
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=_sample(config),
        model_prefix=str(prefix),
        model_type="unigram",
        vocab_size=config.vocabulary_size,
        hard_vocab_limit=False,
        character_coverage=config.character_coverage,
        normalization_rule_name="identity",
        byte_fallback=True,
        split_digits=True,
        max_sentencepiece_length=16,
        max_sentence_length=4_000,
        unk_id=0,
        bos_id=1,
        eos_id=2,
        pad_id=3,
        control_symbols=[tag_of(language) for language in LANGUAGES],
        user_defined_symbols=[f"⟦{number}⟧" for number in range(1, config.sentinels + 1)],
        num_threads=config.processes,
        minloglevel=1,
    )
    prefix.with_suffix(".model").rename(path)
    prefix.with_suffix(".vocab").unlink()


def model_path(config: NeuralConfig) -> Path:
    return config.work / "pieces.model"


def _sample(config: NeuralConfig) -> Iterator[str]:
    """About `vocabulary_chars` characters of every language; the English ones come from all files."""
    others = [language for language in config.languages if language != ENGLISH]
    for number, language in enumerate(others):
        rng = np.random.default_rng([config.seed, number])
        length = int(str(read_report(config, language)["chars"]))
        share = config.vocabulary_chars / max(length, 1)
        for english, text in read_rows(clean_folder(config) / f"{language}.tsv.zst"):
            if rng.random() < share:
                yield text
            if rng.random() < share / len(others):
                yield english
