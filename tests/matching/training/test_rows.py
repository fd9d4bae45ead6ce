"""RowAdam follows torch's SparseAdam step by step."""

from __future__ import annotations

import torch
from torch import nn

from matching.training.rows import RowAdam


def test_updates_are_those_of_sparse_adam() -> None:
    torch.manual_seed(1)
    bag = nn.EmbeddingBag(50, 8, mode="mean", sparse=True)
    reference = torch.optim.SparseAdam(bag.parameters(), lr=0.1)
    ours = RowAdam(bag.weight.detach().clone())
    goal = torch.randn(4, 8)
    for step in range(20):
        ids, offsets = torch.randint(0, 50, (12,)), torch.tensor([0, 3, 6, 9])
        for group in reference.param_groups:
            group["lr"] = 0.1 / (step + 1)
        reference.zero_grad()
        (bag(ids, offsets) - goal).square().sum().backward()
        reference.step()
        rows, inverse = torch.unique(ids, return_inverse=True)
        table = ours.weight[rows].requires_grad_()
        loss = (nn.functional.embedding_bag(inverse, table, offsets, mode="mean") - goal).square().sum()
        ours.update(rows, *torch.autograd.grad(loss, table), 0.1 / (step + 1))
    torch.testing.assert_close(ours.weight, bag.weight.detach(), rtol=0, atol=1e-5)
