"""Stage `evaluate`: the finished model on held-out documents, facts hidden and restored as on the site."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sacrebleu.metrics import CHRF

from mawsim.translation.facts import find, lost_and_invented
from mawsim.translation.sentinels import BrokenSentinels, Masked, mask, unmask

from .artefact import NeuralModel
from .config import NeuralConfig, Pair
from .dataset import HeldPair, held_pairs, read_held

REPORT = "evaluation.json"
FEWEST = 10  # texts of a direction that is measured
BATCH = 32


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a reader would see: the translation, or the original where facts were harmed."""

    text: str
    accepted: bool
    has_facts: bool


def evaluate(config: NeuralConfig) -> None:
    """Write <work>/evaluation.json: chrF++ (0..100), texts accepted and facts kept (0..1) by direction."""
    model, held = NeuralModel(config.out), read_held(config)
    report: dict[str, Any] = {"model": model.name, "directions": {}}
    texts, started = 0, time.perf_counter()
    for direction in sorted(model.pairs):
        rows = held_pairs(held, *direction)
        if len(rows) >= FEWEST:
            order = np.random.default_rng(config.seed).permutation(len(rows))[: config.evaluated_texts]
            figures = measure(model, direction, [rows[number] for number in order])
            report["directions"]["-".join(direction)] = figures
            texts += len(order)
            print(direction, figures, flush=True)
    report["texts_per_second"] = round(texts / (time.perf_counter() - started), 2)
    (config.work / REPORT).write_text(json.dumps(report, indent=1), encoding="utf-8")


def measure(model: NeuralModel, direction: Pair, rows: Sequence[HeldPair]) -> dict[str, float | int | None]:
    """Return the figures of one direction; `facts` is None where no text has any."""
    shown = [
        answer
        for start in range(0, len(rows), BATCH)
        for answer in _translate(model, direction, rows[start : start + BATCH])
    ]
    texts = [answer.text for answer in shown]
    score = CHRF(word_order=2).corpus_score(texts, [[row.target for row in rows]]).score
    with_facts = [answer.accepted for answer in shown if answer.has_facts]
    return {
        "texts": len(rows),
        "chrf": round(score, 2),
        "accepted": round(sum(answer.accepted for answer in shown) / len(shown), 4),
        "facts": round(sum(with_facts) / len(with_facts), 4) if with_facts else None,
    }


def _translate(model: NeuralModel, direction: Pair, rows: Sequence[HeldPair]) -> list[_Shown]:
    masked = [mask(row.source, find(row.source, direction[0])) for row in rows]
    answers = model.translate([(one.text, *direction) for one in masked])
    return [
        _shown(row, one, answer.text if answer else "", direction[1])
        for row, one, answer in zip(rows, masked, answers, strict=True)
    ]


def _shown(row: HeldPair, masked: Masked, answer: str, target: str) -> _Shown:
    try:
        text = unmask(answer, masked, target) if answer else ""
    except BrokenSentinels:
        text = ""
    whole = bool(text) and not any(lost_and_invented(masked.facts, text, target))
    return _Shown(text if whole else row.source, whole, bool(masked.facts))
