"""Detection: what is in a picture, and within which box."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from nnstudio.core.words import tr
from nnstudio.data.arrays import Indices
from nnstudio.data.dataset import BOX
from nnstudio.layers.spec import shape_text
from nnstudio.training.losses import loss_value
from nnstudio.training.metrics import AveragePrecision
from nnstudio.training.tasks.base import Meter, Objective, Output, first
from nnstudio.training.tasks.boxes import find, overlap


class Detection(Objective):
    """Compares a grid of cells ``(B, 5 + classes, S, S)`` with objects ``(B, M, 5)``.

    `nnstudio.training.boxes` says what the numbers of a cell mean.
    """

    def targets(self, rows: Indices) -> Tensor:
        """Return the objects of these rows: class, -1 for none, then middle x, y, width and height."""
        return torch.from_numpy(self.dataset.targets[rows])

    def loss(self, output: Output, target: Tensor) -> Tensor:
        """Return the loss per picture.

        Raises:
            ValueError: the output is no grid of as many numbers.
        """
        count = BOX + self.dataset.num_outputs
        if not isinstance(output, Tensor) or output.ndim != 4 or output.shape[:2] != (len(target), count):
            raise ValueError(
                tr(
                    "Detection needs one Output of {expected} numbers for each cell of a grid, such as {example}; the "
                    "network gives {given}.",
                    expected=count,
                    example=shape_text((count, 8, 8)),
                    given=shape_text(tuple(first(output).shape[1:])),
                )
            )
        return loss_value(self.recipe.loss, output, target, self.recipe)

    def count_right(self, output: Output, target: Tensor) -> float:
        """Return the share of objects whose cell says the right class, times the pictures of the batch."""
        grid = first(output)
        height, width = grid.shape[-2:]
        picture, number = (target[..., 0] >= 0).nonzero(as_tuple=True)
        label, x, y = target[picture, number, :3].unbind(1)
        down, across = (y * height).long().clamp(0, height - 1), (x * width).long().clamp(0, width - 1)
        right = grid[picture, BOX:, down, across].argmax(1) == label.long()
        return right.float().mean().item() * len(target) if len(right) else float(len(target))

    def meter(self) -> Meter:
        """Measure what is found, box by box."""
        return BoxMeter(self)


class BoxMeter(Meter):
    """How well objects are found.

    Each object is compared with the found box that overlaps it most, over at least ``LEAST``; one that none overlaps
    counts 0. What was found and is no object makes precision smaller. Only the average precision looks at finds that
    are less sure than ``SURE``, for it asks how they are ranked.
    """

    LEAST = 0.5
    SURE = 0.5
    FAINTEST = 0.01
    """Finds that are less sure would come last in the ranking, where they change the area hardly at all."""

    def __init__(self, objective: Objective) -> None:
        super().__init__(objective)
        self._ranked = AveragePrecision(objective.dataset.num_outputs, self.LEAST)
        self._objects = self._found = self._met = self._named = 0
        self._overlap = 0.0

    def add(self, output: Output, target: Tensor) -> None:
        """Take a batch."""
        super().add(output, target)
        for found, objects in zip(find(first(output).detach().cpu(), self.FAINTEST), target.cpu(), strict=True):
            objects = objects[objects[:, 0] >= 0]
            overlaps = overlap(objects[:, None, 1:], found.boxes[None])
            self._ranked.add(found.scores, found.labels, overlaps.T, objects[:, 0].long())
            num_sure = int((found.scores > self.SURE).sum())  # they come first
            self._objects += len(objects)
            self._found += num_sure
            if not len(objects) or not num_sure:
                continue
            most, which = overlaps[:, :num_sure].max(1)
            self._overlap += most.sum().item()
            met = most >= self.LEAST
            self._met += int(met.sum())
            self._named += int((met & (found.labels[which] == objects[:, 0].long())).sum())

    def metrics(self) -> Mapping[str, float]:
        """Return ``accuracy``, the share of objects whose cell says the right class, and how well they are found.

        ``mean_iou`` is the mean overlap of objects with what was found of them; ``recall`` the share of objects that
        were found with the right class, and ``precision`` the share of what was found that is such an object.
        ``map_50`` says how well finds are ranked.
        """
        return {
            **super().metrics(),
            "mean_iou": self._overlap / max(1, self._objects),
            "recall": self._named / max(1, self._objects),
            "precision": self._named / max(1, self._found),
            **self._ranked.metrics(),
        }
