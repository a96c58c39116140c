"""Rosenblatt's perceptron, 1958."""

from __future__ import annotations

import torch
from torch import nn


class Perceptron(nn.Linear):
    """Units that answer 1 where their weighted sum is above zero, else 0 (or −1): (…, in) -> (…, out).

    The step is flat, so its gradient is zero everywhere: the perceptron rule trains the weights, not the gradient.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, bipolar: bool = False) -> None:
        super().__init__(in_features, out_features, bias)
        self.bipolar = bipolar

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Weigh, then step."""
        fires = torch.relu(torch.sign(super().forward(x)))
        return 2 * fires - 1 if self.bipolar else fires
