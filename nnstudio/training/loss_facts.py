"""What losses take, known without torch."""

from __future__ import annotations

from typing import Final

from nnstudio.training.recipe import Loss

TAKES_NUMBERS: Final[frozenset[Loss]] = frozenset({"cross_entropy", "nll", "hinge", "rbf", "segmentation"})
"""Losses that compare with class numbers; the others compare with values, for classes 1 for the right one, else 0."""

TAKES_LOGARITHMS: Final[frozenset[Loss]] = frozenset({"nll", "kl"})
"""Losses that want logarithms of shares, as LogSoftmax gives them."""

TAKES_SCORES: Final[frozenset[Loss]] = frozenset({"cross_entropy", "bce", "hinge", "segmentation", "detection"})
"""Losses that want raw scores."""

LEAST_WINS: Final[frozenset[Loss]] = frozenset({"rbf"})
"""Losses for which the smallest output names the class."""
