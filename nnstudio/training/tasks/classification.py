"""Classification: scores for classes, of which one is right."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from nnstudio.data.arrays import Indices
from nnstudio.training.losses import loss_value
from nnstudio.training.tasks.base import Objective, Output, expect_shape, first


class Classification(Objective):
    """Compares scores ``(B, classes)`` with class numbers ``(B,)``, or with 1 for the right class and 0 for others."""

    def targets(self, rows: Indices) -> Tensor:
        """Return class numbers ``(B,)``; for the mean squared error 1 for the right class and 0 for all others."""
        targets = torch.from_numpy(self.dataset.targets[rows])
        if self.recipe.loss == "mse":
            return functional.one_hot(targets, self.dataset.num_outputs).float()
        return targets

    def loss(self, output: Output, target: Tensor) -> Tensor:
        """Return the mean over the batch."""
        scores = expect_shape(output, (len(target), self.dataset.num_outputs))
        return loss_value(self.recipe.loss, scores, target, self.recipe)

    def count_right(self, output: Output, target: Tensor) -> int:
        """Return for how many samples the right class has the highest score."""
        labels = target if target.ndim == 1 else target.argmax(1)
        return int((first(output).argmax(1) == labels).sum())

    def shown(self, output: Output) -> Tensor:
        """Turn scores into shares that add up to 1 for cross-entropy; else they are shown as they are."""
        scores = first(output)
        return scores.softmax(-1) if self.recipe.loss == "cross_entropy" else scores
