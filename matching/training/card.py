"""Stage `card`: README.md of the model folder - what it is, what went in, what it can and cannot do."""

from __future__ import annotations

import json
from pathlib import Path

from matching.embedding import load_encoder
from matching.training.config import LANGUAGES, TrainingConfig
from matching.training.devsets import measure_dev_sets
from matching.training.lexicon import FRAMED

# Tatoeba to English as published on the MTEB leaderboard for intfloat/multilingual-e5-small.
E5_SMALL = {
    "ko": 73.7, "id": 88.3, "ms": 91.4, "vi": 89.0, "th": 90.9, "tl": 77.5,
    "km": 44.3, "ar": 76.1, "he": 73.7, "fa": 85.5, "tr": 88.4,
}  # fmt: skip

_HEADER = """---
language: [en, ko, id, ms, vi, th, tl, km, lo, my, ar, he, fa, tr, zh]
license: cc-by-sa-4.0
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags: [static-embedding, cross-lingual, business]
base_model: []
---
"""

_LIMITS = """## Limits

- A mean of token vectors: word order, negation and "who does what to whom" are not seen.
- The training text is software, documentation, courses and some prose; beyond the taxonomy's own
  words, trade, law and medicine are thin, and Lao, Khmer, Burmese and Tagalog have the least of it.
- Text in another language of the same script gets a vector, but not a meaningful one.
- Burmese in the Zawgyi encoding is not converted.
- Vectors lean a little towards the text's own language; compare scores within a language pair.
- Only the first 4,096 pieces of a text are read.
- Empty text, or text without a known piece (emoji only), gets one fixed neutral vector.
"""


def write_card(config: TrainingConfig, dev_sets: Path | None) -> None:
    """Write README.md; the figures are measured now on `dev_sets`, or left out without them."""
    encoder = load_encoder(config.out, light=True)
    figures = measure_dev_sets(dev_sets, encoder) if dev_sets else {}
    (config.work / "figures.json").write_text(json.dumps({"model": encoder.name, **figures}, indent=1))
    text = [
        _HEADER,
        f"# Mawsim {config.version}\n",
        _describe(config, encoder.name),
        _format_figures(figures),
        _format_held_out(config),
        _format_fertility(config),
        _LIMITS,
        _format_sources(config),
    ]
    (config.out / "README.md").write_text("\n".join(text), encoding="utf-8")


def _describe(config: TrainingConfig, name: str) -> str:
    steps = json.loads((config.work / "teacher.json").read_text())["sentences"]
    return f"""Sentence vectors of {config.dimension} dimensions for company texts in fifteen languages,
made to find a need in one language among offers in another. A static model: the text is
normalised (`matching.text.normalise`), cut into pieces of a {config.vocabulary_size:,}-piece unigram
vocabulary, and the pieces' vectors are averaged and scaled to length 1. Rows are int8 with one
scale each.

Identity: `{name}`. `SentenceTransformer(folder)` loads it (sentence-transformers 6.2 or newer), and
so does `matching.embedding.load_encoder`, with or without torch, to the same vectors.

## Recipe

- Vocabulary: unigram, learnt from an equal share of text per script.
- Symmetric InfoNCE over sentence pairs, temperature {config.temperature}, batch {config.batch:,}, no
  English sentence twice in a batch, languages drawn by size^{config.language_exponent};
  {config.pivot_share:.0%} of the English sides replaced by another language's translation,
  {config.token_dropout:.0%} of the tokens dropped.
- Distillation on {steps:,} English sentences from all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0),
  which is used in training only: squared distance of both sides to the teacher's vector (weight
  {config.vector_weight:g}), squared difference between the similarity matrices in the batch
  (weight {config.matrix_weight:g}).
- Adam on the rows in use (as SparseAdam), learning rate {config.learning_rate} falling linearly
  to 0, {config.epochs} epochs, seed {config.seed}. About half an hour on two CPU cores.
- The words of the field, from the project's own taxonomy (every concept's label and synonyms in all
  fifteen languages): {config.concept_steps} more steps at learning rate {config.concept_learning_rate}
  falling to 0, each on {config.concept_pairs:,} sentence pairs and {config.concept_batch} pairs of texts
  that name the same one to three concepts in two languages, {FRAMED:.0%} of them inside a sentence of
  need or offer. Same losses; the goal is the teacher's mean over a concept's English names, and texts
  whose concepts include each other's are no negatives. A piece that makes up {config.common_share:g} of its
  language's text keeps half of that change, rarer ones more, commoner ones less.
- Rebuild: `python -m matching.training all --corpus DIR --work DIR --eval DIR`.
"""


def _format_figures(figures: dict[str, dict[str, float | None]]) -> str:
    if not figures:
        return "## Figures\n\nNot measured.\n"
    lines = [
        "## Figures\n",
        "Top-1 accuracy in percent on held-out documents (up to 2,000 sentences of six or more words) to",
        "English and to Korean, and on Tatoeba to English beside the published figure of",
        "multilingual-e5-small (118M parameters); nDCG@10 of XQuAD questions against paragraphs in the",
        "same language and in English.\n",
        "| | docs to en | docs to ko | Tatoeba | e5-small | XQuAD same | XQuAD to en |",
        "|---|---|---|---|---|---|---|",
    ]
    for lang in ("en", *LANGUAGES):
        cells = [figures.get(name, {}).get(lang) for name in ("to_en", "to_ko", "tatoeba")]
        scores = [figures.get(name, {}).get(lang) for name in ("xquad_same", "xquad_en")]
        row = [*map(_percent, cells), str(E5_SMALL.get(lang, "")), *map(_percent, scores)]
        lines.append(f"| {lang} | " + " | ".join(row) + " |")
    means = [_mean(figures[name]) for name in ("to_en", "to_ko", "tatoeba")]
    xquad = [_mean(figures.get(name, {})) for name in ("xquad_same", "xquad_en")]
    lines.append("| mean | " + " | ".join([*means, "", *xquad]) + " |")
    return "\n".join(lines) + "\n"


def _format_held_out(config: TrainingConfig) -> str:
    path = config.work / "held-out.json"
    if not path.exists():
        return ""
    before, after = (json.loads(path.read_text())[when] for when in ("before", "after"))
    cells = ", ".join(f"{lang} {_percent(value)}" for lang, value in after["top1_by_language"].items())
    return f"""Synonyms of the taxonomy that a second training run was not shown ({before["names"]:,}, drawn
from those outside English) find the Korean label of their concept among all concepts' in
{_percent(after["top1"])} % of cases; {_percent(before["top1"])} % before that stage. By language: {cells}.
The shipped model has seen all synonyms.
"""


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value * 100:.1f}"


def _mean(values: dict[str, float | None]) -> str:
    known = [value for value in values.values() if value is not None]
    return _percent(sum(known) / len(known)) if known else ""


def _format_fertility(config: TrainingConfig) -> str:
    fertility = json.loads((config.work / "fertility.json").read_text())
    cells = ", ".join(f"{lang} {value:.2f}" for lang, value in fertility.items())
    return f"Pieces per sentence, English = 1: {cells}.\n"


def _format_sources(config: TrainingConfig) -> str:
    sources = json.loads((config.work / "pairs" / "prepared.json").read_text())["sources"]
    rows = [f"| {repo} | {licence} | {count:,} |" for repo, (licence, count) in sources.items()]
    return "\n".join(
        [
            "## Data\n",
            "Sentence pairs with English, from the translation files and translated documents of public",
            "repositories. GPL, AGPL and LGPL sources were left out. Because some sources are",
            "share-alike, the weights are licensed CC BY-SA 4.0; the attribution is this table.\n",
            "| source | licence | pairs |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )
