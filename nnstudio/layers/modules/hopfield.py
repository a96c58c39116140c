"""Hopfield's associative memory, 1982."""

from __future__ import annotations

import torch
from torch import nn


class Hopfield(nn.Module):
    """Units of −1 and 1 that settle into the stored pattern nearest to where they begin: (…, n) -> (…, n).

    Numbers above zero begin as 1, all others as −1. In each step every unit takes the sign of what the others tell it,
    or stays where that is zero: one after the other, or all at once. ``weight`` is symmetric with a zero diagonal;
    nothing is trained by gradients.
    """

    weight: torch.Tensor

    def __init__(self, features: int, steps: int, patterns: tuple[str, ...] = (), together: bool = False) -> None:
        super().__init__()
        self.steps, self.together = steps, together
        self.register_buffer("weight", torch.zeros(features, features))
        if patterns:
            self.store(torch.tensor([[1.0 if sign == "X" else -1.0 for sign in row] for row in patterns]))

    def store(self, patterns: torch.Tensor) -> None:
        """Add patterns of ±1, one a row, by Hebb's rule: W += Σ ξ ξᵀ / n, without the diagonal."""
        self.weight += (patterns.T @ patterns / len(self.weight)).fill_diagonal_(0)

    def energy(self, state: torch.Tensor) -> torch.Tensor:
        """Return E = −½ sᵀ W s for every state: (…, n) -> (…). Units that move one by one never raise it."""
        return -(state @ self.weight * state).sum(-1) / 2

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Let the units settle."""
        state = 2 * torch.relu(torch.sign(x)) - 1
        for _ in range(self.steps):
            if self.together:
                told = state @ self.weight
                state = torch.where(told == 0, state, torch.sign(told))
                continue
            for unit, weight in enumerate(self.weight):
                told = state @ weight
                state[..., unit] = torch.where(told == 0, state[..., unit], torch.sign(told))
        return state
