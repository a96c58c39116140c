"""The restricted Boltzmann machine of Smolensky, 1986, and Hinton."""

from __future__ import annotations

import torch
from torch import nn


class RestrictedBoltzmann(nn.Module):
    """Hidden units that explain visible ones, both 0 or 1: visible (…, V) -> probabilities of the hidden (…, H).

    With ``again`` it gives what the hidden units make of the visible ones instead: (…, V) -> (…, V).
    Its energy is E(v, h) = −a·v − b·h − hᵀWv, with a = ``visible_bias``, b = ``hidden_bias`` and W = ``weight`` (H, V).
    """

    def __init__(self, visible: int, hidden: int, again: bool = False) -> None:
        super().__init__()
        self.again = again
        self.weight = nn.Parameter(0.01 * torch.randn(hidden, visible))
        self.visible_bias = nn.Parameter(torch.zeros(visible))
        self.hidden_bias = nn.Parameter(torch.zeros(hidden))

    def forward(self, visible: torch.Tensor) -> torch.Tensor:
        """Return the probabilities of the hidden units, or those of the visible ones given these."""
        hidden = self.hidden_of(visible)
        return self.visible_of(hidden) if self.again else hidden

    def hidden_of(self, visible: torch.Tensor) -> torch.Tensor:
        """Return the probabilities of the hidden units: (…, V) -> (…, H)."""
        return torch.sigmoid(nn.functional.linear(visible, self.weight, self.hidden_bias))

    def visible_of(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the probabilities of the visible units: (…, H) -> (…, V)."""
        return torch.sigmoid(nn.functional.linear(hidden, self.weight.T, self.visible_bias))

    def sample(self, visible: torch.Tensor) -> torch.Tensor:
        """Draw hidden units for the visible ones, then visible units for those, all 0 or 1: (…, V) -> (…, V)."""
        hidden = torch.bernoulli(self.hidden_of(visible))
        return torch.bernoulli(self.visible_of(hidden))

    def reconstruct(self, visible: torch.Tensor) -> torch.Tensor:
        """Return what the hidden units make of the visible ones, as probabilities: (…, V) -> (…, V)."""
        return self.visible_of(self.hidden_of(visible))

    def free_energy(self, visible: torch.Tensor) -> torch.Tensor:
        """Return F(v) = −a·v − Σ log(1 + e^(b + Wv)); what is likely has little of it: (…, V) -> (…)."""
        told = nn.functional.linear(visible, self.weight, self.hidden_bias)
        return -visible @ self.visible_bias - nn.functional.softplus(told).sum(-1)
