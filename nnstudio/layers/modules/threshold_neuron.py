"""The neuron of McCulloch and Pitts, 1943."""

from __future__ import annotations

import torch
from torch import nn


class ThresholdNeuron(nn.Module):
    """Fires where the weighted sum of its inputs reaches the threshold: (…, n) -> (…, 1), each 0 or 1.

    With ``veto`` an active input of negative weight does not count against the others but silences the neuron.
    Nothing is trained, and the gradient through the step is zero.
    """

    weight: torch.Tensor
    threshold: torch.Tensor

    def __init__(self, weights: tuple[float, ...], threshold: float, veto: bool = False) -> None:
        super().__init__()
        self.veto = veto
        self.register_buffer("weight", torch.tensor([weights]))
        self.register_buffer("threshold", torch.tensor([threshold]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Compare the sum with the threshold."""
        counted = self.weight.clamp(min=0) if self.veto else self.weight
        missing = self.threshold - nn.functional.linear(x, counted)
        fires = 1 - torch.relu(torch.sign(missing))
        if self.veto:
            silenced = ((x > 0) & (self.weight[0] < 0)).any(-1, keepdim=True)
            fires = fires.masked_fill(silenced, 0)
        return fires
