"""Regression: values that come close to those of the data."""

from __future__ import annotations

import torch
from torch import Tensor

from nnstudio.data.arrays import Indices
from nnstudio.training.losses import loss_value
from nnstudio.training.tasks.base import Objective, Output, expect_shape


class Regression(Objective):
    """Compares values ``(B, K)`` with values."""

    def targets(self, rows: Indices) -> Tensor:
        """Return the values of these rows, ``(B, K)``."""
        return torch.from_numpy(self.dataset.targets[rows])

    def loss(self, output: Output, target: Tensor) -> Tensor:
        """Return the mean over the batch."""
        values = expect_shape(output, (len(target), self.dataset.num_outputs))
        return loss_value(self.recipe.loss, values, target, self.recipe)
