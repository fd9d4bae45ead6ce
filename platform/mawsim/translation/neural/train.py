"""Stage `train`: label-smoothed cross-entropy over drawn directions, resumed from the last checkpoint."""

import json
import time
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from .batches import Batch, draw_batches, prefetched
from .config import NeuralConfig
from .dataset import Dataset, load_dataset
from .network import Transformer, has_fast_bfloat16

LOG = "train.jsonl"


def train(config: NeuralConfig) -> None:
    """Train to `steps`, or for `minutes` of this call; the next call goes on where this one ended."""
    run = Run(config, load_dataset(config))
    run.restore()
    if run.step < config.steps:
        run.finish()


def snapshots(config: NeuralConfig) -> list[Path]:
    """The saved weights, oldest first."""
    return sorted((config.work / "snapshots").glob("[0-9]*.pt"))


class Run:
    """The state of one training run: everything that a checkpoint must hold."""

    def __init__(self, config: NeuralConfig, dataset: Dataset) -> None:
        torch.manual_seed(config.seed)
        self.config, self.dataset = config, dataset
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.pad: int = dataset.manifest["pad"]
        network = Transformer(config, dataset.manifest["vocabulary"], self.pad)
        self.network = network.to(self.device)
        self.optimiser = torch.optim.AdamW(
            network.parameters(),
            lr=0.0,
            betas=(0.9, 0.98),
            weight_decay=config.weight_decay,
            fused=self.device.type == "cuda",
        )
        self.validation: Any = None
        self.halved = config.precision == "bfloat16" or (config.precision == "auto" and has_fast_bfloat16())
        self.step = 0

    @property
    def checkpoint(self) -> Path:
        return self.config.work / "checkpoint.pt"

    def restore(self) -> None:
        """Load the newest checkpoint, if there is one."""
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
            self.step = state["step"]
            self.network.load_state_dict(state["network"])
            self.optimiser.load_state_dict(state["optimiser"])

    def save(self) -> None:
        """Write the checkpoint so that a crash leaves the old or the new one, never half of it."""
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        _save(state, self.checkpoint)

    def finish(self) -> None:
        """Train from the current step to `steps`, or until `minutes` are over."""
        config, started = self.config, time.monotonic()
        drawn = prefetched(draw_batches(self.dataset, config, skip=self.step * config.accumulate))
        tokens, since, begun = 0, started, self.step
        while self.step < config.steps:
            batches = list(islice(drawn, config.accumulate))
            loss = self.advance(batches)
            tokens += sum(batch.tokens for batch in batches)
            if self.step % config.log_every == 0:
                now = time.monotonic()
                self._log(**self._speed(tokens, self.step - begun, now - since), loss=round(loss, 4))
                tokens, since, begun = 0, now, self.step
            self._keep()
            if config.minutes and time.monotonic() - started > 60 * config.minutes:
                break
        self.save()
        self.snapshot()

    def _speed(self, tokens: int, steps: int, seconds: float) -> dict[str, object]:
        """`fill` is the share of the budget of both sides that is no padding; `work` tells machines apart."""
        budget = 2 * self.config.batch_tokens * self.config.accumulate * steps
        return {
            "tokens_per_second": round(tokens / seconds, 1),
            "fill": round(tokens / budget, 4),
            "work": f"{self.device.type}, threads: {torch.get_num_threads()}",
        }

    def _keep(self) -> None:
        if self.step % self.config.snapshot_every == 0:
            self.snapshot()
        if self.step % self.config.checkpoint_every == 0:
            self.save()
        if self.step % self.config.validate_every == 0:
            self._validate()

    def advance(self, batches: list[Batch]) -> float:
        """Take one step on the batches together; return the loss per token. ArithmeticError if not finite."""
        # Seeded by the step: a run that was resumed drops the same units as one that was not.
        torch.manual_seed(self.config.seed + self.step)
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        count = sum(int((batch.target[:, 1:] != self.pad).sum()) for batch in batches)
        total = torch.zeros((), device=self.device)
        for batch in batches:
            loss = self._loss(batch) / count
            loss.backward()
            total += loss.detach()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        if not torch.isfinite(norm):
            raise ArithmeticError(f"the gradient of step {self.step} is not finite: lower learning_rate")
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
        self.optimiser.step()
        self.step += 1
        return float(total)

    @property
    def rate(self) -> float:
        """The learning rate of the next step: a straight rise, then falling with the root of the step."""
        rise = max(self.config.warmup, 1)
        factor = min((self.step + 1) / rise, (rise / (self.step + 1)) ** 0.5)
        return self.config.learning_rate * factor

    def _loss(self, batch: Batch) -> Tensor:
        source, target = (torch.from_numpy(side).to(self.device) for side in (batch.source, batch.target))
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.halved):
            scores = self.network(source, target)
        labels = target[:, 1:]
        return functional.cross_entropy(
            scores.float(),
            labels[labels != self.pad],
            label_smoothing=self.config.label_smoothing,
            reduction="sum",
        )

    def snapshot(self) -> None:
        """Save the weights for the average; only the last `averaged` are kept."""
        folder = self.config.work / "snapshots"
        folder.mkdir(exist_ok=True)
        _save(self.network.state_dict(), folder / f"{self.step:08}.pt")
        for old in snapshots(self.config)[: -self.config.averaged]:
            old.unlink()

    def _validate(self) -> None:
        from .validate import Validation

        self.validation = self.validation or Validation(self.config)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.halved):
            self._log(chrf=self.validation.measure(self.network))

    def _log(self, **values: object) -> None:
        line = json.dumps({"step": self.step, **values})
        print(line, flush=True)
        with (self.config.work / LOG).open("a", encoding="utf-8") as log:
            log.write(line + "\n")


def _save(state: dict[str, Any], path: Path) -> None:
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.rename(path)
