"""Metrics: how well a network does, added up batch by batch. `nnstudio.training.metric_words` says what each means."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional


class Confusion:
    """Counts how often each class was taken for each.

    Args:
        num_classes: C, how many classes there are.
    """

    def __init__(self, num_classes: int) -> None:
        self._num_classes = num_classes
        self._counts: Tensor | None = None

    def add(self, answers: Tensor, truth: Tensor) -> None:
        """Take class numbers of one shape, on one device."""
        pairs = truth.flatten() * self._num_classes + answers.flatten()
        counts = torch.bincount(pairs, minlength=self._num_classes**2)
        self._counts = counts if self._counts is None else self._counts + counts

    @property
    def counts(self) -> Tensor:
        """The matrix so far, ``(C, C)`` int64 on the processor: a row for each true class, a column for each answer."""
        if self._counts is None:
            return torch.zeros(self._num_classes, self._num_classes, dtype=torch.int64)
        return self._counts.cpu().reshape(self._num_classes, self._num_classes)

    def metrics(self) -> Mapping[str, float]:
        """Return ``precision``, ``recall``, ``f1`` and ``mean_iou``, each the mean over the classes that occur.

        A class that was never answered has the precision 0, one that is never true the recall 0, as scikit-learn has
        it. Without samples there are no metrics.
        """
        counts = self.counts.numpy()  # quicker with few numbers
        right, answered, true = counts.diagonal(), counts.sum(0), counts.sum(1)
        either = answered + true
        num_classes = int(np.count_nonzero(either))
        if not num_classes:
            return {}
        parts = {
            "precision": right / np.maximum(answered, 1),
            "recall": right / np.maximum(true, 1),
            "f1": 2 * right / np.maximum(either, 1),
            "mean_iou": right / np.maximum(either - right, 1),
        }
        return {name: float(part.sum()) / num_classes for name, part in parts.items()}


class TopK:
    """Counts how often the right class is among the ``k`` likeliest."""

    def __init__(self, k: int) -> None:
        self._k = k
        self._right = self._count = 0

    def add(self, scores: Tensor, truth: Tensor) -> None:
        """Take scores ``(B, classes, …)``, the highest the likeliest, and class numbers ``(B, …)``."""
        best = scores.topk(self._k, dim=1).indices
        self._right += int((best == truth.unsqueeze(1)).sum())
        self._count += truth.numel()

    def metrics(self) -> Mapping[str, float]:
        """Return ``top_<k>``."""
        return {f"top_{self._k}": self._right / self._count} if self._count else {}


class Errors:
    """Adds up how far values are off.

    R² = 1 - Σ (y - t)² / Σ (t - mean t)² is worked out for each number of a sample and is their mean, as scikit-learn
    has it. Numbers that never change are left out, for it has no meaning there.
    """

    def __init__(self) -> None:
        self._count = 0
        self._sums: Tensor | None = None

    def add(self, values: Tensor, truth: Tensor) -> None:
        """Take values and what they should be, both ``(B, …)``."""
        y, t = values.flatten(1).double(), truth.flatten(1).double()
        if self._count == 0:
            self._origin = t.mean(0)  # sums of squares around it lose no digits
        off, far = y - t, t - self._origin
        sums = torch.stack((off.abs().sum(0), off.square().sum(0), far.sum(0), far.square().sum(0)))
        self._sums = sums if self._sums is None else self._sums + sums
        self._count += len(y)

    def metrics(self) -> Mapping[str, float]:
        """Return ``mae``, ``mse`` and, where it has a meaning, ``r2``."""
        if self._sums is None:
            return {}
        size, squares, far, far_squares = self._sums.cpu()
        spread = far_squares - far.square() / self._count
        found = {"mae": size.mean().item() / self._count, "mse": squares.mean().item() / self._count}
        varies = spread > 0
        if varies.any():
            found["r2"] = (1 - squares[varies] / spread[varies]).mean().item()
        return found


class Perplexity:
    """Between how many classes a network wavers: exp of the mean cross-entropy."""

    def __init__(self) -> None:
        self._total = 0.0
        self._count = 0

    def add(self, scores: Tensor, truth: Tensor) -> None:
        """Take raw scores or logarithms of shares ``(B, classes, …)`` and class numbers ``(B, …)``."""
        self._total += functional.cross_entropy(scores.float(), truth, reduction="sum").item()
        self._count += truth.numel()

    def metrics(self) -> Mapping[str, float]:
        """Return ``perplexity``, infinite beyond what a number holds."""
        if not self._count:
            return {}
        mean = self._total / self._count
        return {"perplexity": math.exp(mean) if mean < 700 else math.inf}


class AveragePrecision:
    """How well found objects are ranked: precision at every recall, the surest first.

    What was found is gone through from the surest to the least sure, over all pictures at once. It is right where the
    object of its class that it overlaps most is overlapped by at least ``overlap`` and was not found before. With
    precision P and recall R after each of them, the average precision of a class is the area Σ (R_n - R_{n-1}) max P_m,
    m ≥ n, and the metric the mean over the classes that occur: Everingham, Van Gool, Williams, Winn, Zisserman: The
    PASCAL Visual Object Classes (VOC) Challenge, 2010, in the form used from that year on, with all points instead of
    eleven.

    Args:
        num_classes: C, how many classes there are.
        overlap: the least intersection over union.
    """

    def __init__(self, num_classes: int, overlap: float = 0.5) -> None:
        self._num_objects = np.zeros(num_classes, np.int64)
        self._overlap = overlap
        self._scores: list[npt.NDArray[np.float64]] = []
        self._labels: list[npt.NDArray[np.int64]] = []
        self._right: list[npt.NDArray[np.bool_]] = []

    def add(self, scores: Tensor, labels: Tensor, overlaps: Tensor, truth: Tensor) -> None:
        """Take a picture.

        Args:
            scores: how sure each find is, ``(K,)``, the surest first.
            labels: its class number, ``(K,)``.
            overlaps: of finds with objects, ``(K, M)``.
            truth: class numbers of the objects, ``(M,)``.
        """
        self._num_objects += np.bincount(truth.numpy(), minlength=len(self._num_objects))
        right = np.zeros(len(scores), np.bool_)
        if len(scores) and len(truth):
            most, which = torch.where(labels[:, None] == truth, overlaps, -1.0).max(1)
            met = np.flatnonzero(most.numpy() >= self._overlap)
            right[met[np.unique(which.numpy()[met], return_index=True)[1]]] = True
        self._scores.append(scores.numpy().astype(np.float64))
        self._labels.append(labels.numpy().astype(np.int64))
        self._right.append(right)

    def metrics(self) -> Mapping[str, float]:
        """Return ``map_50``, named after the usual overlap; nothing where there was no object."""
        classes = np.flatnonzero(self._num_objects)
        if not len(classes):
            return {}
        order = np.argsort(-np.concatenate(self._scores), kind="stable")
        labels, right = np.concatenate(self._labels)[order], np.concatenate(self._right)[order]
        areas = [self._area(right[labels == label], int(self._num_objects[label])) for label in classes]
        return {"map_50": sum(areas) / len(areas)}

    @staticmethod
    def _area(right: npt.NDArray[np.bool_], num_objects: int) -> float:
        precision = right.cumsum() / np.arange(1, len(right) + 1)
        best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
        return float(best_from_here[right].sum()) / num_objects
