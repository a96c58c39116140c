"""Losses: what training makes small, and how much of a batch was right."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from nnstudio.core.words import tr
from nnstudio.data.arrays import Indices
from nnstudio.data.dataset import Dataset
from nnstudio.layers.spec import shape_text
from nnstudio.training.recipe import Loss


class Objective:
    """A loss for one data set.

    Cross-entropy compares scores ``(B, classes)`` with class numbers ``(B,)``. The mean squared error compares values
    ``(B, K)`` with values, and with classes: 1 for the right one and 0 for all others.

    Raises:
        ValueError: cross-entropy is asked for where there are no classes.
    """

    def __init__(self, loss: Loss, dataset: Dataset) -> None:
        self._classes = dataset.task == "classification"
        if loss == "cross_entropy" and not self._classes:
            raise ValueError(
                tr(
                    "Cross-entropy is for classes, but {data} holds values: choose mean squared error.",
                    data=dataset.title,
                )
            )
        self._loss = loss
        self._dataset = dataset
        self._num_outputs = dataset.num_outputs

    def targets(self, rows: Indices) -> Tensor:
        """Return what the outputs for these rows of the data set are compared with."""
        targets = torch.from_numpy(self._dataset.targets[rows])
        if self._loss == "mse" and self._classes:
            return functional.one_hot(targets, self._num_outputs).float()
        return targets

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean over the batch as a tensor of no axes.

        Raises:
            ValueError: the output has another shape than the data ask for; torch might stretch it silently.
        """
        if output.shape != (len(target), self._num_outputs):
            given = shape_text(tuple(output.shape[1:]))
            raise ValueError(
                tr(
                    "The network must give {expected} numbers per sample; it gives {given}.",
                    expected=self._num_outputs,
                    given=given,
                )
            )
        if self._loss == "mse":
            return functional.mse_loss(output, target)
        return functional.cross_entropy(output, target)

    def count_right(self, output: Tensor, target: Tensor) -> int | None:
        """Return for how many samples the right class has the highest score; None without classes."""
        if not self._classes:
            return None
        labels = target if target.ndim == 1 else target.argmax(1)
        return int((output.argmax(1) == labels).sum())

    def shown(self, output: Tensor) -> Tensor:
        """Turn outputs into what a person reads: shares that add up to 1 for cross-entropy, else the values."""
        return output.softmax(-1) if self._loss == "cross_entropy" else output
