"""Stages `static` and `student`: a text in any language learns to land where the teacher puts its meaning."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from matching.training.config import TrainingConfig
from matching.training.examples import Examples, draw_batches, from_bitext, join, pad, share_out
from matching.training.knowledge import load_knowledge
from matching.training.rows import RowAdam
from matching.training.student import StaticStudent, Student, build_static, build_student
from matching.training.teacher import has_fast_bfloat16


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast a run learns; `shares` of the kinds of examples."""

    steps: int
    tokens: int
    table_rate: float
    body_rate: float
    shares: tuple[float, ...]


def distil_static(config: TrainingConfig) -> None:
    """Write checkpoint.static.pt: the rows of `train`, taught the words of the field."""
    if not (config.work / "finished.static").exists():
        run_static(config, load_knowledge(config), "static")
        (config.work / "finished.static").touch()


def run_static(config: TrainingConfig, knowledge: list[Examples], name: str) -> np.ndarray:
    """Run the static branch's second stage under `name` and return its rows (vocabulary, dimension)."""
    schedule = Schedule(
        config.static_steps, config.static_tokens, config.static_rate, 0.0, config.static_shares
    )
    student = build_static(np.load(config.work / "weights.npy"))
    run = Distillation(config, student, [from_bitext(config), *knowledge], schedule, name)
    run.finish()
    return run.table.weight.cpu().numpy()[: config.vocabulary_size]


def distil_student(config: TrainingConfig) -> None:
    """Write checkpoint.student.pt: the transformer, begun from the static rows and the teacher's body."""
    if (config.work / "finished.student").exists():
        return
    schedule = Schedule(
        config.student_steps,
        config.student_tokens,
        config.student_table_rate,
        config.student_body_rate,
        config.student_shares,
    )
    state = torch.load(config.work / "checkpoint.static.pt", map_location="cpu", weights_only=True)
    rows = state["table"]["weight"].numpy()[: config.vocabulary_size]
    examples = [from_bitext(config), *load_knowledge(config)]
    Distillation(config, build_student(config, rows), examples, schedule, "student").finish()
    (config.work / "finished.student").touch()


class Distillation:
    """One run over drawn examples; resumed from `checkpoint.<name>.pt`."""

    def __init__(
        self,
        config: TrainingConfig,
        student: Student | StaticStudent,
        examples: list[Examples],
        schedule: Schedule,
        name: str,
    ) -> None:
        self.config, self.student, self.schedule, self.name = config, student, schedule, name
        self.examples = join(examples)
        self.shares = share_out(examples, schedule.shares, config.language_exponent)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.student.to(self.device)
        self.table = RowAdam(student.table.to(self.device))
        weights = list(student.parameters())
        self.body = (
            torch.optim.AdamW(weights, lr=schedule.body_rate, betas=(0.9, 0.98), weight_decay=0.01)
            if weights
            else None
        )
        self.step = 0
        self.path = config.work / f"checkpoint.{name}.pt"

    def finish(self) -> None:
        """Train to the last step and save."""
        self._restore()
        epoch, seen, started = 0, 0, time.monotonic()
        with tqdm(total=self.schedule.steps, initial=self.step, desc=self.name, mininterval=10) as bar:
            while self.step < self.schedule.steps:
                for chosen in self._draw(epoch):
                    seen += 1
                    if seen > self.step:
                        self._log(self.advance(chosen), time.monotonic() - started)
                        bar.update()
                    if self.step >= self.schedule.steps:
                        break
                epoch += 1
        self.save()

    def _draw(self, epoch: int) -> Iterator[np.ndarray]:
        return draw_batches(self.examples, self.shares, self.config, self.schedule.tokens, epoch)

    def _rate(self) -> float:
        """Return the factor of the learning rates: a short rise, then a straight line to zero."""
        steps, rise = self.schedule.steps, max(1, self.config.warmup)
        return min((self.step + 1) / rise, (steps - self.step) / max(1, steps - rise))

    def advance(self, chosen: np.ndarray) -> dict[str, float]:
        """Take one step on the chosen texts and return the parts of the loss."""
        config, rate = self.config, self._rate()
        ids, mask = pad(self.examples, chosen, config.student_max_tokens, len(self.table.weight) - 3)
        rows, inverse = torch.unique(torch.from_numpy(ids).to(self.device), return_inverse=True)
        table = self.table.weight[rows].requires_grad_()
        goals = self.examples.goals[self.examples.goal[chosen]].astype(np.float32)
        goals_on = torch.from_numpy(goals).to(self.device)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=has_fast_bfloat16()):
            found = self.student(inverse, torch.from_numpy(mask).to(self.device), table)
        loss, parts = measure(found, goals_on, config)
        self.student.zero_grad(set_to_none=True)
        loss.backward()
        self.table.update(rows, cast(Tensor, table.grad), self.schedule.table_rate * rate)
        self._update_body(rate)
        self.step += 1
        return parts

    def _update_body(self, rate: float) -> None:
        if self.body is not None:
            torch.nn.utils.clip_grad_norm_(self.student.parameters(), 1.0)
            for group in self.body.param_groups:
                group["lr"] = self.schedule.body_rate * rate
            self.body.step()

    def save(self) -> None:
        """Write the checkpoint so that a crash leaves the old or the new one."""
        part = self.path.with_suffix(".part")
        torch.save(
            {
                "step": self.step,
                "table": self.table.state(),
                "body": self.student.state_dict(),
                "adam": self.body.state_dict() if self.body else {},
            },
            part,
        )
        part.rename(self.path)

    def _restore(self) -> None:
        if self.path.exists():
            state: dict[str, Any] = torch.load(self.path, map_location=self.device, weights_only=True)
            self.step = state["step"]
            self.table.load(state["table"])
            self.student.table = self.table.weight
            self.student.load_state_dict(state["body"])
            if self.body is not None:
                self.body.load_state_dict(state["adam"])

    def _log(self, parts: dict[str, float], seconds: float) -> None:
        if self.step % self.config.checkpoint_every == 0:
            self.save()
        if self.step % self.config.log_every == 0:
            values = {name: round(value, 4) for name, value in {**parts, "seconds": seconds}.items()}
            with (self.config.work / f"train.{self.name}.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps({"step": self.step, **values}) + "\n")


def measure(found: Tensor, goals: Tensor, config: TrainingConfig) -> tuple[Tensor, dict[str, float]]:
    """Return (loss, its parts): nearness to the own goal, and to no other text's goal."""
    near = 1 - (found * goals).sum(1).mean()
    logits = found @ goals.T / config.temperature
    labels = torch.arange(len(found), device=found.device)
    contrast = functional.cross_entropy(logits, labels)
    parts = {"near": float(near.detach()), "contrast": float(contrast.detach())}
    return config.near_weight * near + contrast, parts
