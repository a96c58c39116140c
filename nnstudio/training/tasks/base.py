"""What every task offers to a run: targets, a loss, how much was right, and what a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Union

from torch import Tensor

from nnstudio.core.words import tr
from nnstudio.data.arrays import Indices
from nnstudio.data.dataset import Dataset
from nnstudio.layers.spec import shape_text
from nnstudio.training.recipe import Recipe

Output = Union[Tensor, tuple[Tensor, ...]]
"""What a network gives: ``(B, …)``, or one of these for each Output of the drawing."""


class Objective:
    """What a recipe asks of a network on one data set.

    Attributes:
        recipe: how the network is trained.
        dataset: what it learns from.

    Raises:
        ValueError: the recipe has a loss that has no meaning for the data.
    """

    def __init__(self, recipe: Recipe, dataset: Dataset) -> None:
        self.recipe = recipe
        self.dataset = dataset

    def targets(self, rows: Indices) -> Tensor:
        """Return what the outputs for these rows of the data set are compared with, ``(B, …)``."""
        raise NotImplementedError

    def loss(self, output: Output, target: Tensor) -> Tensor:
        """Return the mean over the batch as a tensor of no axes.

        Raises:
            ValueError: the output has another shape than the data ask for; torch might stretch it silently.
        """
        raise NotImplementedError

    def count_right(self, _output: Output, _target: Tensor) -> float | None:
        """Return for how many samples the answer was right; None where that has no meaning.

        Where a sample has many places, such as pixels, it counts by the share of those that were right.
        """
        return None

    def shown(self, output: Output) -> Tensor:
        """Turn outputs into what a person reads, ``(B, …)``: shares for scores, else the values."""
        return first(output)

    def meter(self) -> Meter:
        """Begin to measure a pass over the validation samples."""
        return Meter(self)


class Meter:
    """Measures a pass over samples, batch by batch: as it stands, the share that was right."""

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self._right: float | None = None
        self._count = 0

    def add(self, output: Output, target: Tensor) -> None:
        """Take a batch."""
        right = self.objective.count_right(output, target)
        self._count += len(target)
        if right is not None:
            self._right = (self._right or 0) + right

    def metrics(self) -> Mapping[str, float]:
        """Return what was measured by name, such as ``accuracy`` from 0 to 1; empty where nothing has a meaning."""
        return {} if self._right is None else {"accuracy": self._right / self._count}


def first(output: Output) -> Tensor:
    """Return what the first Output of the drawing gives."""
    return output if isinstance(output, Tensor) else output[0]


def expect_shape(output: Output, shape: tuple[int, ...]) -> Tensor:
    """Return the only output, which must have this shape, with the batch.

    Raises:
        ValueError: there are several outputs, or it has another shape; torch might stretch it silently.
    """
    if not isinstance(output, Tensor):
        text = tr("Training needs a drawing with one Output; this one has {count}.", count=len(output))
        raise ValueError(text)
    if output.shape != shape:
        raise ValueError(
            tr(
                "The network must give {expected} numbers per sample; it gives {given}.",
                expected=shape_text(shape[1:]) if len(shape) > 2 else shape[-1],
                given=shape_text(tuple(output.shape[1:])),
            )
        )
    return output
