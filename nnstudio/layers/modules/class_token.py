"""A step that stands for the whole sequence."""

from __future__ import annotations

import torch
from torch import nn


class ClassToken(nn.Module):
    """Puts one trained step in front of every sequence: (batch, T, features) -> (batch, T + 1, features)."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.empty(features))
        nn.init.normal_(self.token, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the sequence with the trained step in front."""
        first = self.token.expand(x.shape[0], 1, -1)
        return torch.cat([first, x], dim=1)
