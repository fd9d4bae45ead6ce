"""The transformer student: the teacher's body under our own multilingual table of pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

from matching.text import normalise
from matching.training.config import TrainingConfig
from matching.training.teacher import load_teacher_module

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SPECIAL = ("[PAD]", "[CLS]", "[SEP]")
"""Pieces added behind the vocabulary, in this order."""
_RIDGE = 10.0


class Student(nn.Module):
    """Token ids to unit vectors: embedding table, BERT layers, mean over all tokens but padding."""

    def __init__(self, body: BertModel, table: Tensor) -> None:
        super().__init__()
        self.body = body
        self.table = table

    def forward(self, ids: Tensor, mask: Tensor, table: Tensor | None = None) -> Tensor:
        """Return (texts, dimension) of ids (texts, length); `table` stands in for the whole table."""
        pieces = functional.embedding(ids, self.table if table is None else table)
        hidden = self.body(inputs_embeds=pieces, attention_mask=mask).last_hidden_state.float()
        weights = mask.unsqueeze(2).float()
        return functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=1)


class StaticStudent(nn.Module):
    """Token ids to unit vectors: the mean of the pieces' rows, those of [CLS] and [SEP] left out."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.table = table

    def forward(self, ids: Tensor, mask: Tensor, table: Tensor | None = None) -> Tensor:
        """Return (texts, dimension) of ids (texts, length) that point into `table`."""
        rows = functional.embedding(ids, self.table if table is None else table)
        # The first piece is [CLS] and the last one [SEP].
        inside = mask.float()
        inside[:, 0] = 0
        inside.scatter_(1, mask.sum(1, keepdim=True) - 1, 0.0)
        return functional.normalize((rows * inside.unsqueeze(2)).sum(1), dim=1)


def build_static(rows: np.ndarray) -> StaticStudent:
    """Return a static student that begins at the rows (vocabulary, dimension)."""
    table = np.vstack([rows, np.zeros((len(SPECIAL), rows.shape[1]), np.float32)])
    return StaticStudent(torch.from_numpy(table))


def build_student(config: TrainingConfig, rows: np.ndarray) -> Student:
    """Return a student that begins where the static rows (vocabulary, dimension) and the teacher are.

    The static rows live in the space of sentence vectors, the teacher's body reads another: a linear
    map between the two is fitted on the teacher's own English pieces, and carries every language over.
    """
    teacher = load_teacher_module(config)
    tokenizer = Tokenizer.from_file(str(config.work / "tokenizer.json"))
    table = align(rows, tokenizer, teacher)
    body: Any = cast(Any, teacher[0]).auto_model
    if config.student_layers < len(body.encoder.layer):
        body.encoder.layer = body.encoder.layer[: config.student_layers]
    return Student(prepare_body(body), torch.from_numpy(table))


def prepare_body(body: BertModel) -> BertModel:
    """Return the body in float32, without its own vocabulary, drop-out and pooler."""
    body = body.float()
    body.set_attn_implementation("eager")  # several times faster than fused attention on short texts
    body.embeddings.word_embeddings = nn.Embedding(1, body.config.hidden_size)
    body.pooler = None
    for module in body.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return body


def align(rows: np.ndarray, tokenizer: Tokenizer, teacher: SentenceTransformer) -> np.ndarray:
    """Return (vocabulary + specials, width) float32: the static rows as the teacher would read them."""
    words, wanted, known = _read_teacher_table(teacher)
    means, lengths = _mean_rows(rows, tokenizer, words)
    usable = lengths > 0
    # Words that are one piece say most about the map.
    weights = (1.0 / np.maximum(lengths, 1))[usable, None]
    design = np.hstack([means, np.ones((len(means), 1), np.float32)])[usable]
    goal = wanted[usable]
    gram = design.T @ (design * weights) + _RIDGE * np.eye(design.shape[1], dtype=np.float32)
    mapping = np.linalg.solve(gram, design.T @ (goal * weights))
    units = _scale(rows)
    table = np.hstack([units, np.ones((len(units), 1), np.float32)]) @ mapping
    table = _match_lengths(table, goal)
    for word, vector in zip(words, wanted, strict=True):
        piece = tokenizer.token_to_id(f"▁{word}")
        if piece is not None:
            table[piece] = vector
    specials = [known[name] for name in SPECIAL]
    return np.vstack([table, *specials]).astype(np.float32)


def _read_teacher_table(
    teacher: SentenceTransformer,
) -> tuple[list[str], np.ndarray, dict[str, np.ndarray]]:
    module: Any = teacher[0]
    vocabulary = module.tokenizer.get_vocab()
    table = module.auto_model.embeddings.word_embeddings.weight.detach().float().numpy()
    words = [word for word in vocabulary if word.isalpha() and normalise(word) == word]
    wanted = table[[vocabulary[word] for word in words]]
    return words, wanted, {name: table[vocabulary[name]] for name in SPECIAL}


def _scale(rows: np.ndarray) -> np.ndarray:
    """Return the rows over their mean length: their relative lengths are weights worth keeping."""
    return (rows / np.linalg.norm(rows, axis=1).mean()).astype(np.float32)


def _mean_rows(rows: np.ndarray, tokenizer: Tokenizer, words: list[str]) -> tuple[np.ndarray, np.ndarray]:
    units = _scale(rows)
    encoded = tokenizer.encode_batch_fast(words)
    means = np.zeros((len(words), rows.shape[1]), dtype=np.float32)
    lengths = np.zeros(len(words), dtype=np.float32)
    for number, encoding in enumerate(encoded):
        ids = [piece for piece in encoding.ids if piece > 0]
        if ids and len(ids) == len(encoding.ids):
            means[number], lengths[number] = units[ids].mean(0), len(ids)
    return means, lengths


def _match_lengths(table: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """Return the table with the teacher's mean and spread: a least-squares map shrinks both."""
    centre, wanted = table.mean(0), goal.mean(0)
    ratio = goal.std(0).mean() / max(float(table.std(0).mean()), 1e-6)
    return (table - centre) * ratio + wanted
