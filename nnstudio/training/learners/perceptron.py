"""Rosenblatt's perceptron rule: for every mistake, add the input times the right answer to the weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nnstudio.core.words import tr
from nnstudio.layers.own import own_class
from nnstudio.training.learners.base import Step
from nnstudio.training.learners.parts import arriving, dense_before, is_step, layers_of
from nnstudio.training.recipe import Recipe


class PerceptronRule:
    """Trains the last Perceptron layer, or Dense layer with a Step behind it; what lies before it stays as it is.

    The samples of a batch come one after the other. Where y (w·x + b) ≤ 0 for the right answer y = ±1, w grows by
    η y x and b by η y. From zero, the number of mistakes is at most (R/γ)²: R is the length of the longest (x, 1), and
    γ the least distance of such a point from the best plane through zero (Rosenblatt 1958; Novikoff 1962).

    Args:
        module: its weights are on their device already.
        recipe: gives the learning rate η.

    Attributes:
        mistakes: how many there were so far, over all epochs and units.
        mistakes_in_epoch: how many since the epoch began.

    Raises:
        ValueError: the module has no layer that the rule can train.
    """

    def __init__(self, module: nn.Module, recipe: Recipe) -> None:
        self._module = module
        self._layer = threshold_layer(module)
        self._rate = recipe.learning_rate
        self.mistakes = 0
        self.mistakes_in_epoch = 0

    @property
    def rate(self) -> float:
        """How much of the input is added for a mistake."""
        return self._rate

    def set_rate(self, rate: float) -> None:
        """Take another learning rate from the next step on."""
        self._rate = rate

    def begin_epoch(self, epoch: int) -> str:
        """Count this epoch's mistakes from zero."""
        self.mistakes_in_epoch = 0
        return ""

    def step(self, inputs: Tensor, targets: Tensor) -> Step:
        """Go through the samples in their order; the loss is the share that met with a mistake.

        Raises:
            ValueError: the layer does not give one answer for each target.
        """
        layer = self._layer
        rows = arriving(self._module, layer, inputs)
        signs = signs_of(targets, layer.out_features)
        if signs.shape != (len(rows), layer.out_features):
            raise ValueError(tr("The perceptron rule asks for one unit for each right answer."))
        wrong = 0
        with torch.no_grad():
            for x, y in zip(rows, signs, strict=True):
                sums = nn.functional.linear(x, layer.weight, layer.bias)
                change = torch.where(y * sums <= 0, self._rate * y, 0.0)
                count = int(torch.count_nonzero(y * sums <= 0))
                if count > 0:
                    layer.weight.add_(change[:, None] * x)
                    if layer.bias is not None:
                        layer.bias.add_(change)
                    wrong += 1
                    self.mistakes += count
                    self.mistakes_in_epoch += count
        return Step(wrong / len(rows), len(rows) - wrong)

    def end_epoch(self, validation_loss: float) -> str:
        """End the run after an epoch without mistakes: nothing would ever change again."""
        if self.mistakes_in_epoch:
            return ""
        return tr("No mistake in a whole epoch: the rule is done after {count} mistakes.", count=self.mistakes)

    def state(self) -> dict[str, Tensor]:
        """Return the learning rate and the counts of mistakes."""
        return {
            "rate": torch.tensor(self._rate, dtype=torch.float64),
            "mistakes": torch.tensor([self.mistakes, self.mistakes_in_epoch]),
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        self._rate = state["rate"].item()
        self.mistakes, self.mistakes_in_epoch = (int(count) for count in state["mistakes"])


def threshold_layer(module: nn.Module) -> nn.Linear:
    """Return the last layer of a network whose sums go through a hard step.

    Raises:
        ValueError: there is none, or its weights are frozen.
    """
    perceptron: type[nn.Linear] = own_class("Perceptron")
    candidates = [*layers_of(module, perceptron), *dense_before(module, is_step)]
    if not candidates:
        raise ValueError(tr("The perceptron rule asks for a Perceptron layer, or a Dense layer with a Step behind it."))
    order = layers_of(module, nn.Linear)
    last = max(candidates, key=order.index)
    if not last.weight.requires_grad:
        raise ValueError(tr("The weights of the perceptron are frozen, so the rule cannot change them."))
    return last


def signs_of(targets: Tensor, units: int) -> Tensor:
    """Return right answers as −1 and 1, ``(B, units)``: of values those above zero are 1, of classes the right one."""
    if targets.ndim == 1:
        targets = nn.functional.one_hot(targets.long(), units)
    return torch.where(targets > 0, 1.0, -1.0)
