"""Adam for a table of which every batch uses few rows."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

BETAS = 0.9, 0.999
EPSILON = 1e-8


class RowAdam:
    """The rule of torch.optim.SparseAdam, several times faster without its sparse tensors.

    `weight` (rows, dimension) is changed in place; rows that a batch does not use keep their moments.
    """

    def __init__(self, weight: Tensor) -> None:
        self.weight = weight
        self.mean, self.square = torch.zeros_like(weight), torch.zeros_like(weight)
        self.updates = 0

    def update(self, rows: Tensor, gradient: Tensor, learning_rate: float) -> None:
        """Apply the gradient (len(rows), dimension) of the distinct rows."""
        self.updates += 1
        first, second = BETAS
        mean = self.mean[rows].lerp_(gradient, 1 - first)
        square = self.square[rows].mul_(second).addcmul_(gradient, gradient, value=1 - second)
        self.mean[rows], self.square[rows] = mean, square
        bias = (1 - second**self.updates) ** 0.5 / (1 - first**self.updates)
        step = mean.div_(square.sqrt_().add_(EPSILON))
        self.weight.index_add_(0, rows, step, alpha=-learning_rate * bias)

    def state(self) -> dict[str, Any]:
        """Return all that `load` needs to go on."""
        return {"weight": self.weight, "mean": self.mean, "square": self.square, "updates": self.updates}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self.weight, self.mean, self.square = state["weight"], state["mean"], state["square"]
        self.updates = state["updates"]
