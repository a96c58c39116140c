"""Regression: values that come close to those of the data."""

from __future__ import annotations

import torch
from torch import Tensor

from nnstudio.core.words import tr
from nnstudio.data.arrays import Indices
from nnstudio.data.dataset import Dataset
from nnstudio.training.losses import loss_value
from nnstudio.training.recipe import Recipe
from nnstudio.training.tasks.base import Objective, Output, expect_shape


class Regression(Objective):
    """Compares values ``(B, K)`` with values.

    Raises:
        ValueError: cross-entropy is asked for where there are no classes.
    """

    def __init__(self, recipe: Recipe, dataset: Dataset) -> None:
        if recipe.loss == "cross_entropy":
            raise ValueError(
                tr(
                    "Cross-entropy is for classes, but {data} holds values: choose mean squared error.",
                    data=dataset.title,
                )
            )
        super().__init__(recipe, dataset)

    def targets(self, rows: Indices) -> Tensor:
        """Return the values of these rows, ``(B, K)``."""
        return torch.from_numpy(self.dataset.targets[rows])

    def loss(self, output: Output, target: Tensor) -> Tensor:
        """Return the mean over the batch."""
        values = expect_shape(output, (len(target), self.dataset.num_outputs))
        return loss_value(self.recipe.loss, values, target, self.recipe)
