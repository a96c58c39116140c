"""The reparameterised draw of a variational autoencoder."""

from __future__ import annotations

import torch
from torch import nn


class Sampling(nn.Module):
    """A draw from a normal distribution whose mean and variance come from layers before.

    Kingma and Welling: Auto-Encoding Variational Bayes, 2013.
    """

    def forward(self, mean: torch.Tensor, log_var: torch.Tensor) -> torch.Tensor:
        """Return mean + exp(log_var / 2) · noise while training, else the mean; all three have one shape."""
        if not self.training:
            return mean
        return mean + torch.exp(log_var / 2) * torch.randn_like(mean)
