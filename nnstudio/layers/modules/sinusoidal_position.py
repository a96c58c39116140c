"""Positions as waves."""

from __future__ import annotations

import math

import torch
from torch import nn


class SinusoidalPosition(nn.Module):
    """Adds to every step of a sequence a fixed pattern of sines and cosines that tells where it stands.

    Shape: (batch, T, D) -> the same, for any T and D. Wavelengths grow from 2π to 10000·2π.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x with its positions added."""
        steps, features = x.shape[1], x.shape[2]
        even = torch.arange(0, features, 2, device=x.device)
        angles = torch.arange(steps, device=x.device).unsqueeze(1) * torch.exp(even * (-math.log(10_000) / features))
        waves = torch.stack((angles.sin(), angles.cos()), dim=2).flatten(1)  # sine, cosine, sine, …
        return x + waves[:, :features].to(x.dtype)
