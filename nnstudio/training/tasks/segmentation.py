"""Segmentation: a class for every pixel of a picture."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from nnstudio.training.tasks.base import Meter, Objective, Output, first
from nnstudio.training.tasks.places import Places


class Segmentation(Places):
    """Compares scores ``(B, classes, H, W)`` with class numbers ``(B, H, W)``."""

    axis = 1

    def meter(self) -> Meter:
        """Measure the mean IoU, too."""
        return MaskMeter(self)


class MaskMeter(Meter):
    """Mean intersection over union: over the classes, pixels that both say / pixels that either says.

    Long, Shelhamer, Darrell: Fully convolutional networks for semantic segmentation, 2015. Classes that neither says
    are left out.
    """

    def __init__(self, objective: Objective) -> None:
        super().__init__(objective)
        count = objective.dataset.num_outputs
        self._pairs = torch.zeros(count, count, dtype=torch.int64)

    def add(self, output: Output, target: Tensor) -> None:
        """Take a batch."""
        super().add(output, target)
        count = len(self._pairs)
        pairs = target.flatten() * count + first(output).argmax(1).flatten()
        self._pairs += torch.bincount(pairs, minlength=count * count).view(count, count).cpu()

    def metrics(self) -> Mapping[str, float]:
        """Return ``accuracy`` over pixels and ``mean_iou``."""
        both = self._pairs.diagonal().double()
        either = self._pairs.sum(0) + self._pairs.sum(1) - both
        return {**super().metrics(), "mean_iou": (both / either)[either > 0].mean().item()}
