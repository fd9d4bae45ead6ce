"""Stage `train`: contrastive bitext plus distillation from the English teacher."""

from __future__ import annotations

import json
import time
from itertools import islice

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from matching.training.config import TrainingConfig
from matching.training.data import Corpus, count_batches, draw_epoch, gather, load_corpus
from matching.training.rows import RowAdam
from matching.training.teacher import has_fast_bfloat16, load_teacher_vectors


class Teacher:
    """Teacher vectors by English id; most English sentences have none."""

    def __init__(self, ids: np.ndarray, vectors: np.ndarray, english: int) -> None:
        self.rows = np.full(english, -1)
        self.rows[ids] = np.arange(len(ids))
        self.vectors = vectors

    def find(self, english: np.ndarray) -> tuple[Tensor, Tensor]:
        """Return (positions in the batch that have a teacher vector, those vectors as float32)."""
        rows = self.rows[english]
        taught = np.flatnonzero(rows >= 0)
        return torch.from_numpy(taught), torch.from_numpy(self.vectors[rows[taught]].astype(np.float32))


def compare(left: Tensor, right: Tensor) -> Tensor:
    """Return all dot products (left rows, right rows); bfloat16 where that is quick, results float32."""
    with torch.autocast(left.device.type, dtype=torch.bfloat16, enabled=has_fast_bfloat16()):
        return (left @ right.T).float()


def compute_loss(
    anchors: Tensor,
    others: Tensor,
    taught: Tensor,
    teacher: Tensor,
    config: TrainingConfig,
    *,
    overlaps: Tensor | None = None,
) -> tuple[Tensor, dict[str, float]]:
    """Return (loss, its parts) of unit vectors (batch, dimension) and the teacher's for the taught rows.

    Where `overlaps` (batch, batch) is true, off the diagonal, the other row is no negative.
    """
    labels = torch.arange(len(anchors), device=anchors.device)
    logits = compare(anchors, others) / config.temperature
    if overlaps is not None:
        own = torch.eye(len(anchors), dtype=torch.bool, device=anchors.device)
        logits = logits.masked_fill(overlaps & ~own, float("-inf"))
    forth, back = (functional.cross_entropy(side.contiguous(), labels) for side in (logits, logits.T))
    contrast = (forth + back) / 2
    if not len(taught):
        return contrast, {"contrast": float(contrast.detach())}
    known_a, known_b = anchors[taught], others[taught]
    vector = (known_a - teacher).square().sum(1).mean() + (known_b - teacher).square().sum(1).mean()
    matrix = (compare(known_a, known_b) - compare(teacher, teacher)).square().mean()
    loss = contrast + config.vector_weight * vector + config.matrix_weight * matrix
    parts = {"contrast": contrast, "vector": vector, "matrix": matrix}
    return loss, {name: float(part.detach()) for name, part in parts.items()}


def train(config: TrainingConfig) -> None:
    """Write weights.npy (vocabulary, dimension) float32; goes on from checkpoint.pt after a break."""
    if (config.work / "weights.npy").exists():
        return
    torch.manual_seed(config.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    corpus = load_corpus(config)
    teacher = Teacher(*load_teacher_vectors(config), english=len(corpus.joined_starts) - 1)
    weight = torch.empty(config.vocabulary_size, config.dimension, device=device)
    run = Run(config, corpus, teacher, RowAdam(weight.normal_(std=0.02)))
    run.restore()
    run.finish_all()
    np.save(config.work / "weights.npy", run.optimiser.weight.cpu().numpy())


class Run:
    """The state of one training run: everything that a checkpoint must hold."""

    def __init__(self, config: TrainingConfig, corpus: Corpus, teacher: Teacher, optimiser: RowAdam) -> None:
        self.config, self.corpus, self.teacher = config, corpus, teacher
        self.optimiser = optimiser
        self.per_epoch = count_batches(corpus, config)
        self.step = 0

    def restore(self) -> None:
        """Load the newest checkpoint, if there is one."""
        path = self.config.work / "checkpoint.pt"
        if path.exists():
            state = torch.load(path, map_location=self.optimiser.weight.device, weights_only=True)
            self.step = state.pop("step")
            self.optimiser.load(state)

    def save(self) -> None:
        """Write the checkpoint so that a crash leaves the old or the new one, never half of it."""
        part = self.config.work / "checkpoint.part"
        torch.save({**self.optimiser.state(), "step": self.step}, part)
        part.rename(self.config.work / "checkpoint.pt")

    def finish_all(self) -> None:
        """Train from the current step to the end of the last epoch."""
        total, started = self.per_epoch * self.config.epochs, time.monotonic()
        with tqdm(total=total, initial=self.step, desc="train", mininterval=5) as bar:
            for epoch in range(self.step // self.per_epoch, self.config.epochs):
                batches = islice(draw_epoch(self.corpus, self.config, epoch), self.per_epoch)
                for batch in islice(batches, self.step - epoch * self.per_epoch, None):
                    parts = self.advance(*batch, progress=self.step / total)
                    bar.update()
                    if self.step % self.config.log_every == 0:
                        self._log({**parts, "seconds": time.monotonic() - started})
                    if self.step % self.config.checkpoint_every == 0:
                        self.save()
                # The last quota rounding may leave an epoch a batch short.
                self.step = (epoch + 1) * self.per_epoch

    def advance(
        self, english: np.ndarray, anchors: np.ndarray, others: np.ndarray, *, progress: float
    ) -> dict[str, float]:
        """Take one optimiser step on one batch and return the parts of its loss."""
        rng = np.random.default_rng([self.config.seed, 1, self.step])
        device = self.optimiser.weight.device
        taught, vectors = (part.to(device) for part in self.teacher.find(english))
        # Both sides as one list of bags, so that each row is looked up and updated once.
        texts = np.concatenate([anchors, others])
        ids, offsets = gather(self.corpus, texts, rng, self.config.token_dropout)
        rows, table, encoded = embed(self.optimiser.weight, ids, offsets)
        left, right = encoded.split(len(anchors))
        loss, parts = compute_loss(left, right, taught, vectors, self.config)
        (gradient,) = torch.autograd.grad(loss, table)
        self.optimiser.update(rows, gradient, self.config.learning_rate * (1 - progress))
        self.step += 1
        return parts

    def _log(self, parts: dict[str, float]) -> None:
        with (self.config.work / "train.jsonl").open("a", encoding="utf-8") as log:
            values = {name: round(value, 4) for name, value in parts.items()}
            log.write(json.dumps({"step": self.step, **values}) + "\n")


def embed(weight: Tensor, ids: np.ndarray, offsets: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
    """Return (distinct rows in use, a table of them, unit vectors (bags, dimension)) of bags of token ids.

    The table is what to differentiate by: its gradient is small and dense.
    """
    rows, inverse = torch.unique(torch.from_numpy(ids).to(weight.device), return_inverse=True)
    table = weight[rows].requires_grad_()
    starts = torch.from_numpy(offsets).to(weight.device)
    bags = functional.embedding_bag(inverse, table, starts, mode="mean", padding_idx=find_unknown(rows))
    return rows, table, functional.normalize(bags, dim=1)


def find_unknown(rows: Tensor) -> int | None:
    """Return where the unknown piece (row 0) stands in the sorted rows: it is no part of any mean."""
    return 0 if len(rows) and int(rows[0]) == 0 else None
