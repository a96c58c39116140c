"""Positions as trained rows."""

from __future__ import annotations

import torch
from torch import nn


class LearnedPosition(nn.Module):
    """Adds to step t of a sequence row t of a trained table.

    Shape: (batch, T, features) -> the same, for T up to max_length.
    """

    def __init__(self, max_length: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, features))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x with its positions added."""
        return x + self.weight[: x.shape[1]]
