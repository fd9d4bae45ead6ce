"""Stage `card`: README.md of the model folder - what it is, what went in, what it can and cannot do."""

from __future__ import annotations

import json
from pathlib import Path

from matching.embedding import load_encoder
from matching.training.config import LANGUAGES, TrainingConfig
from matching.training.devsets import measure_company, measure_dev_sets
from matching.training.knowledge import read_concepts, read_groups
from matching.training.lexicon import read_lexicon

COMPANY = Path(__file__).parents[2] / "tests" / "matching" / "data" / "company"

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
base_model: [sentence-transformers/all-MiniLM-L6-v2]
---
"""

_LIMITS = """## Limits

- General text (Tatoeba) stays below multilingual-e5-small: the training text is software, documentation,
  courses and some prose, and a transformer trained for an hour on two CPU cores has seen little of it.
- No native speaker has read the lexicon and the paraphrase groups; Lao, Khmer and Burmese first.
- The transformer reads windows of 126 pieces, and no more than the first 1,024 pieces of a text; the
  static branch reads 4,096.
- Text in another language of the same script gets a vector, but not a meaningful one.
- Empty text, or text without a known piece (emoji only), gets one fixed neutral vector.
"""


def write_card(config: TrainingConfig, dev_sets: Path | None) -> None:
    """Write README.md; the figures are measured now on `dev_sets`, or left out without them."""
    encoder = load_encoder(config.out, light=False)
    figures = measure_dev_sets(dev_sets, encoder) if dev_sets else {}
    if dev_sets and COMPANY.is_dir():
        figures |= measure_company(COMPANY, encoder)
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
    taught = json.loads((config.work / "teacher.json").read_text())["sentences"]
    concepts, groups = count_knowledge(config)
    vocabulary = " General vocabulary: the wordnets named below." if config.wordnets.name else ""
    return f"""Sentence vectors of {config.dimension} dimensions for company texts in fifteen languages,
made to find a need in one language among offers in another. The text is normalised
(`matching.text.normalise`) and cut into pieces of a {config.vocabulary_size:,}-piece unigram vocabulary. Two
branches read them: the mean of static rows, and a {config.student_layers}-layer transformer of width
{config.dimension} (the body of all-MiniLM-L6-v2 under our own multilingual table). Both land in the same
space; the vector is the sum of the two unit vectors, {config.student_share:.0%} of it from the
transformer. Tables and matrices are int8 with a scale per row.

Identity: `{name}`. `matching.embedding.load_encoder(folder, light=...)` loads it with sentence-transformers,
or with numpy alone, to the same vectors; `SentenceTransformer(folder, trust_remote_code=True)` does where
`matching` can be imported. `load_encoder("bundled-static", ...)` is the static branch alone.

## Recipe

- Vocabulary: unigram, learnt from an equal share of text per script.
- Static branch, first stage: symmetric InfoNCE over sentence pairs, temperature {config.temperature}, batch
  {config.batch:,}, no English sentence twice in a batch, languages drawn by size^{config.language_exponent};
  {config.pivot_share:.0%} of the English sides replaced by another language's translation,
  {config.token_dropout:.0%} of the tokens dropped. Distillation on {taught:,} English sentences from
  all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0): squared distance of both sides to the teacher's vector
  (weight {config.vector_weight:g}), squared difference between the similarity matrices in the batch (weight
  {config.matrix_weight:g}). {config.epochs} epochs.
- Knowledge, written for this project: {concepts:,} concepts of AI and the industries that buy it, with names
  in all fifteen languages (`matching/training/domain/concepts` and the taxonomy),
  {config.composed_sentences:,} sentences of need or offer composed from them, each in English and three more
  languages, and {groups:,} groups of needs and offers about one topic in all languages
  (`domain/groups`).{vocabulary}
- Static branch, second stage: {config.static_steps} steps of {config.static_tokens:,} pieces; every text
  goes to the teacher's vector of its English meaning (1 - cosine, weight {config.near_weight:g}) and away
  from the other texts' goals (InfoNCE). Shares of sentence pairs, names, composed sentences, groups and
  general vocabulary: {", ".join(f"{share:.0%}" for share in config.static_shares)}.
- Transformer branch: the static rows are carried into the input space of the teacher's body by a linear map
  fitted on its English words, then table and body learn together as above; {config.student_steps:,} steps of
  {config.student_tokens:,} pieces, rates {config.student_table_rate:g} and
  {config.student_body_rate:g} falling linearly to 0. Two CPU cores, about an hour; the groups and a tenth of
  the concepts were there for its last third only.
- Rebuild: `python -m matching.training all --corpus DIR --work DIR --eval DIR --wordnets DIR`.
"""


def count_knowledge(config: TrainingConfig) -> tuple[int, int]:
    """Return the numbers of concepts, the taxonomy's included, and of paraphrase groups."""
    concepts = len(read_concepts(config.domain / "concepts")) + len(read_lexicon(config.lexicon).codes)
    return concepts, len(read_groups(config.domain / "groups"))


_NDCG = ("xquad_same", "xquad_en", "company")


def _format_figures(figures: dict[str, dict[str, float | None]]) -> str:
    if not figures:
        return "## Figures\n\nNot measured.\n"
    lines = [
        "## Figures\n",
        "Top-1 accuracy in percent on held-out documents (up to 2,000 sentences of six or more words) to",
        "English and to Korean, and on Tatoeba to English beside the published figure of",
        "multilingual-e5-small (118M parameters); nDCG@10 of XQuAD questions against paragraphs in the",
        "same language and in English, and of 200 company needs, by their language, against 200 offers of",
        "our own (`tests/matching/data/company`, in no training).\n",
        "| | docs to en | docs to ko | Tatoeba | e5-small | XQuAD same | XQuAD to en | needs |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for lang in ("en", *LANGUAGES):
        cells = [figures.get(name, {}).get(lang) for name in ("to_en", "to_ko", "tatoeba")]
        scores = [figures.get(name, {}).get(lang) for name in _NDCG]
        row = [*map(_percent, cells), str(E5_SMALL.get(lang, "")), *map(_percent, scores)]
        lines.append(f"| {lang} | " + " | ".join(row) + " |")
    means = [_mean(figures[name]) for name in ("to_en", "to_ko", "tatoeba")]
    xquad = [_mean(figures.get(name, {})) for name in _NDCG]
    lines.append("| mean | " + " | ".join([*means, "", *xquad]) + " |")
    if preference := figures.get("preference", {}).get("all"):
        lines.append(f"\nLanguage preference on the needs (1 = none): {preference:.2f}.")
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


_WORDNETS = """General vocabulary from the Open Multilingual Wordnet's tables, which join languages on the
synsets of Princeton WordNet 3.0 (WordNet licence): Wordnet Bahasa (MIT), Chinese Open Wordnet and
Hebrew Wordnet (WordNet licence), Persian Wordnet (free to use), Arabic WordNet (CC BY-SA 3.0),
Wiktionary (CC BY-SA 3.0) and CLDR (Unicode licence).
"""


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
            *([_WORDNETS] if config.wordnets.name else []),
        ]
    )
