"""Next token: at every place of a text, which sign comes next."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from nnstudio.training.metrics import Perplexity
from nnstudio.training.tasks.base import Meter, Objective, Output, first
from nnstudio.training.tasks.places import Places


class NextToken(Places):
    """Compares scores ``(B, T, signs)`` with the signs that follow ``(B, T)``.

    A network that has learned nothing and takes all signs for equally likely has the loss log(signs).
    """

    def meter(self) -> Meter:
        """Measure perplexity, too."""
        return TextMeter(self)


class TextMeter(Meter):
    """Perplexity: how many signs the network wavers between on average, exp of the mean cross-entropy.

    Jelinek, Mercer, Bahl, Baker: Perplexity, a measure of the difficulty of speech recognition tasks, 1977.
    """

    def __init__(self, objective: Objective) -> None:
        super().__init__(objective)
        self._perplexity = Perplexity()

    def add(self, output: Output, target: Tensor) -> None:
        """Take a batch."""
        super().add(output, target)
        self._perplexity.add(first(output).movedim(-1, 1), target)

    def metrics(self) -> Mapping[str, float]:
        """Return ``accuracy`` and ``perplexity``."""
        return {**super().metrics(), **self._perplexity.metrics()}
