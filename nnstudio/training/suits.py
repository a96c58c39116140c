"""Which losses suit which tasks, and what they take: known without torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nnstudio.data.dataset import Task
from nnstudio.training.recipe import Loss

_CLASSES: Final = ("cross_entropy", "bce", "nll", "kl", "hinge", "rbf", "mse", "mae", "huber")
_VALUES: Final = ("mse", "mae", "huber")

SUITS: Final[Mapping[Task, tuple[Loss, ...]]] = {
    "classification": _CLASSES,
    "regression": _VALUES,
    "sequence": _CLASSES,
    "next_token": ("cross_entropy", "nll"),
    "reconstruction": (*_VALUES, "bce", "vae"),
    "segmentation": ("segmentation", "cross_entropy", "nll"),
    "detection": ("detection",),
}
"""The losses that have a meaning for each task; the first is the usual one."""

TAKES_NUMBERS: Final[frozenset[Loss]] = frozenset({"cross_entropy", "nll", "hinge", "rbf", "segmentation"})
"""Losses that compare with class numbers; the others compare with values, for classes 1 for the right one, else 0."""

TAKES_LOGARITHMS: Final[frozenset[Loss]] = frozenset({"nll", "kl"})
"""Losses that want logarithms of shares, as LogSoftmax gives them."""

TAKES_SCORES: Final[frozenset[Loss]] = frozenset({"cross_entropy", "bce", "hinge", "segmentation", "detection"})
"""Losses that want raw scores."""

LEAST_WINS: Final[frozenset[Loss]] = frozenset({"rbf"})
"""Losses for which the smallest output names the class."""
