"""Noise that is added while training."""

from __future__ import annotations

import torch
from torch import nn


class GaussianNoise(nn.Module):
    """Noise of standard deviation ``std`` on every number while training; any shape in, the same out."""

    def __init__(self, std: float = 0.1) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add noise while training, else give ``x`` as it is."""
        if not self.training:
            return x
        return x + self.std * torch.randn_like(x)
