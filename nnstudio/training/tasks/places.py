"""Classes for each place of a sample: what sequences, texts and masks have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from nnstudio.data.arrays import Indices
from nnstudio.data.dataset import Dataset
from nnstudio.training.losses import answers, balanced_weights, loss_value, shares
from nnstudio.training.metrics import Confusion, TopK
from nnstudio.training.recipe import Recipe
from nnstudio.training.suits import LEAST_WINS, TAKES_NUMBERS
from nnstudio.training.tasks.base import Meter, Objective, Output, expect_shape, first


class Places(Objective):
    """Compares scores for every place with class numbers ``(B, places…)``; a plain class is one without places.

    Attributes:
        axis: of the classes in the output: 1 as in ``(B, C, H, W)``, or -1 as in ``(B, T, C)``.
        weights: what a mistake with each class counts; None for all alike.
    """

    axis = -1

    def __init__(self, recipe: Recipe, dataset: Dataset) -> None:
        super().__init__(recipe, dataset)
        self.weights: Tensor | None = None
        if recipe.class_weights == "balanced" and recipe.loss in ("cross_entropy", "nll", "segmentation"):
            numbers = torch.from_numpy(dataset.targets[dataset.training])
            self.weights = balanced_weights(numbers, dataset.num_outputs)

    def targets(self, rows: Indices) -> Tensor:
        """Return class numbers ``(B, places…)``; for losses of values 1 for the right one and 0 for others, axis 1."""
        numbers = torch.from_numpy(self.dataset.targets[rows])
        if self.recipe.loss in TAKES_NUMBERS:
            return numbers
        return functional.one_hot(numbers, self.dataset.num_outputs).movedim(-1, 1).float()

    def loss(self, output: Output, target: Tensor) -> Tensor:
        """Return the mean over all places of the batch."""
        count = self.dataset.num_outputs
        places = target.shape[1:] if self.recipe.loss in TAKES_NUMBERS else target.shape[2:]
        shape = (len(target), count, *places) if self.axis == 1 else (len(target), *places, count)
        scores = expect_shape(output, shape)
        if places and self.axis != 1:  # losses want the classes on axis 1
            scores = scores.movedim(self.axis, 1)
        if self.weights is not None and self.weights.device != scores.device:
            self.weights = self.weights.to(scores.device)
        return loss_value(self.recipe.loss, scores, target, self.recipe, self.weights)

    def numbers(self, target: Tensor) -> Tensor:
        """Return the class numbers ``(B, places…)`` of targets."""
        return target if self.recipe.loss in TAKES_NUMBERS else target.argmax(1)

    def count_right(self, output: Output, target: Tensor) -> float:
        """Add up the shares of places that were right, sample by sample; all samples have as many places."""
        numbers = self.numbers(target)
        right = int(torch.count_nonzero(answers(self.recipe.loss, first(output), self.axis) == numbers).item())
        return right if numbers.ndim == 1 else right / numbers[0].numel()

    def shown(self, output: Output) -> Tensor:
        """Turn scores into shares that add up to 1 at every place, if the loss takes them for such."""
        return shares(self.recipe.loss, first(output), self.axis)

    def meter(self) -> Meter:
        """Measure precision, recall and F1, too."""
        return ClassMeter(self)


class ClassMeter(Meter):
    """What share was right, and how well it went class by class.

    Attributes:
        confusion: which class was taken for which.
    """

    names: ClassVar[tuple[str, ...]] = ("precision", "recall", "f1")
    """What is told of the confusion, the mean over the classes."""

    def __init__(self, objective: Places) -> None:
        super().__init__(objective)
        self._places = objective
        count = objective.dataset.num_outputs
        self.confusion = Confusion(count)
        k = objective.recipe.top_k
        self._top = TopK(k) if count > k else None

    def add(self, output: Output, target: Tensor) -> None:
        """Take a batch."""
        super().add(output, target)
        loss = self._places.recipe.loss
        scores, numbers = first(output).movedim(self._places.axis, 1), self._places.numbers(target)
        self.confusion.add(answers(loss, scores), numbers)
        if self._top is not None:
            self._top.add(-scores if loss in LEAST_WINS else scores, numbers)

    def metrics(self) -> Mapping[str, float]:
        """Return ``accuracy``, ``top_k`` where there are more than k classes, and `names`."""
        top = {} if self._top is None else self._top.metrics()
        told = self.confusion.metrics()
        return {**super().metrics(), **top, **{name: told[name] for name in self.names if name in told}}
