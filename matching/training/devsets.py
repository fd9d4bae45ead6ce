"""The model's figures on held-out data: whole documents, Tatoeba, and XQuAD as retrieval."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np

from matching.embedding import Encoder
from matching.evaluate.bitext import top1
from matching.evaluate.preference import evaluate_preference
from matching.evaluate.reading import read_documents, read_qrels
from matching.evaluate.retrieval import evaluate_retrieval
from matching.text import normalise
from matching.training.config import LANGUAGES

SAMPLE = 2_000
MIN_WORDS = 6


def measure_dev_sets(folder: Path, encoder: Encoder, seed: int = 7) -> dict[str, dict[str, float | None]]:
    """Return {measure: {language: figure}} for the sets that are there."""
    documents = {lang: read_held_out(folder / f"docs.{lang}.tsv") for lang in LANGUAGES}
    korean = documents["ko"]
    report: dict[str, dict[str, float | None]] = {"to_en": {}, "to_ko": {}, "tatoeba": {}}
    for lang in LANGUAGES:
        pairs = sample_pairs({theirs: english for english, theirs in documents[lang].items()}, seed)
        report["to_en"][lang] = measure_pairs(encoder, pairs)
        joined = {text: korean[english] for english, text in documents[lang].items() if english in korean}
        if lang != "ko":
            report["to_ko"][lang] = measure_pairs(encoder, sample_pairs(joined, seed))
        tatoeba = folder / f"tatoeba.{lang}.tsv"
        if tatoeba.is_file():
            rows = [line.split("\t")[:2] for line in tatoeba.read_text(encoding="utf-8").splitlines()]
            report["tatoeba"][lang] = measure_pairs(encoder, [(theirs, english) for english, theirs in rows])
    return {**report, **measure_xquad(folder / "xquad", encoder)}


def read_held_out(path: Path) -> dict[str, str]:
    """Return {English sentence: its translation} of the sentence-like rows, the first of equals."""
    rows: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        cells = line.split("\t")
        if (
            len(cells) >= 2
            and len(cells[0].split()) >= MIN_WORDS
            and normalise(cells[0]) != normalise(cells[1])
        ):
            rows.setdefault(cells[0], cells[1])
    return rows


def sample_pairs(rows: dict[str, str], seed: int) -> list[tuple[str, str]]:
    """Return up to SAMPLE (source, target) pairs, each text once on its side."""
    unique = {target: source for source, target in rows.items()}
    pairs = [(source, target) for target, source in unique.items()]
    chosen = np.random.default_rng(seed).permutation(len(pairs))[:SAMPLE]
    return [pairs[i] for i in chosen]


def measure_pairs(encoder: Encoder, pairs: list[tuple[str, str]]) -> float | None:
    """Return top-1 accuracy from the first to the second texts, None for fewer than 100 pairs."""
    if len(pairs) < 100:
        return None
    sources, targets = (list(side) for side in zip(*pairs, strict=True))
    return top1(encoder.encode(sources), encoder.encode(targets), [normalise(text) for text in targets])


def measure_xquad(folder: Path, encoder: Encoder) -> dict[str, dict[str, float | None]]:
    """Return nDCG@10 of questions against paragraphs of the same language, of English, and of Thai."""
    if not folder.is_dir():
        return {}
    qrels = read_qrels(folder / "qrels.tsv")
    languages = sorted(path.name.split(".")[1] for path in folder.glob("queries.*.jsonl"))
    report: dict[str, dict[str, float | None]] = {"xquad_same": {}, "xquad_en": {}}
    for lang in languages:
        queries = read_documents(folder / f"queries.{lang}.jsonl")
        for name, target in (("xquad_same", lang), ("xquad_en", "en")):
            documents = read_documents(folder / f"docs.{target}.jsonl")
            result = evaluate_retrieval(queries, documents, qrels, encoder)
            report[name][lang] = float(str(result["ndcg@10"]))
    return report


def measure_company(folder: Path, encoder: Encoder) -> dict[str, dict[str, float | None]]:
    """Return nDCG@10 by the needs' language, and how far answers in the need's own language are preferred."""
    queries, documents = (read_documents(folder / f"{name}.jsonl") for name in ("queries", "docs"))
    qrels = read_qrels(folder / "qrels.tsv")
    result = evaluate_retrieval(queries, documents, qrels, encoder)
    preference = evaluate_preference(queries, documents, qrels, encoder)["preference"]
    by_language = cast(dict[str, float | None], result["by_language"])
    scores = {code.partition("-")[0]: score for code, score in by_language.items()}
    return {"company": scores, "preference": {"all": cast(float | None, preference)}}
