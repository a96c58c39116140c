"""Regression: values that come close to those of the data."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from nnstudio.data.arrays import Indices
from nnstudio.training.losses import loss_value
from nnstudio.training.metrics import Errors
from nnstudio.training.tasks.base import Meter, Objective, Output, expect_shape, first


class Regression(Objective):
    """Compares values ``(B, K)`` with values."""

    def targets(self, rows: Indices) -> Tensor:
        """Return the values of these rows, ``(B, K)``."""
        return torch.from_numpy(self.dataset.targets[rows])

    def loss(self, output: Output, target: Tensor) -> Tensor:
        """Return the mean over the batch."""
        values = expect_shape(output, (len(target), self.dataset.num_outputs))
        return loss_value(self.recipe.loss, values, target, self.recipe)

    def meter(self) -> Meter:
        """Measure how far off the values are."""
        return ValueMeter(self)


class ValueMeter(Meter):
    """Mean absolute error, mean squared error, and R²."""

    def __init__(self, objective: Objective) -> None:
        super().__init__(objective)
        self._errors = Errors()

    def add(self, output: Output, target: Tensor) -> None:
        """Take a batch."""
        super().add(output, target)
        self._errors.add(first(output), target)

    def metrics(self) -> Mapping[str, float]:
        """Return ``mae``, ``mse`` and ``r2``."""
        return {**super().metrics(), **self._errors.metrics()}
