"""Rosenblatt's perceptron rule: for every mistake, add the input times the right answer to the weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nnstudio.core.words import tr
from nnstudio.layers.own import own_class
from nnstudio.training.learners.base import Step
from nnstudio.training.learners.parts import arriving, dense_before, is_step, layers_of
from nnstudio.training.learners.stopping import Stopping
from nnstudio.training.recipe import Recipe

_SWEEPS = 2_000
_MOST_STEPS = 300_000
"""A second or so: the run waits meanwhile."""
_STILL = 1e-9
_FLAT = 1e-6


class PerceptronRule:
    """Trains the last Perceptron layer, or Dense layer with a Step behind it; what lies before it stays as it is.

    The samples of a batch come one after the other. Where y (w·x + b) ≤ 0 for the right answer y = ±1, w grows by
    η y x and b by η y. From zero, the number of mistakes is at most (R/γ)²: R is the length of the longest (x, 1), and
    γ the least distance of such a point from the best plane through zero (Rosenblatt 1958; Novikoff 1962).

    Args:
        module: its weights are on their device already.
        recipe: gives the learning rate η, and says whether to stop early.

    Attributes:
        mistakes_by_epoch: how many mistakes there were in each epoch so far, over all units.

    Raises:
        ValueError: the module has no layer that the rule can train.
    """

    def __init__(self, module: nn.Module, recipe: Recipe) -> None:
        self._module = module
        self._layer = threshold_layer(module)
        self._rate = recipe.learning_rate
        self._stopping = Stopping(module, recipe)
        self.mistakes_by_epoch: list[int] = []

    @property
    def layer(self) -> nn.Linear:
        """What is trained."""
        return self._layer

    @property
    def mistakes(self) -> int:
        """How many there were so far."""
        return sum(self.mistakes_by_epoch)

    @property
    def mistakes_in_epoch(self) -> int:
        """How many there were since the epoch began."""
        return self.mistakes_by_epoch[-1] if self.mistakes_by_epoch else 0

    @property
    def rate(self) -> float:
        """How much of the input is added for a mistake."""
        return self._rate

    def set_rate(self, rate: float) -> None:
        """Take another learning rate from the next step on."""
        self._rate = rate

    def begin_epoch(self, epoch: int) -> str:
        """Count this epoch's mistakes from zero."""
        self.mistakes_by_epoch.append(0)
        self._stopping.begin_epoch(epoch)
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
                    self._count(count)
        return Step(wrong / len(rows), len(rows) - wrong)

    def end_epoch(self, validation_loss: float) -> str:
        """End the run after an epoch without mistakes: nothing would ever change again. Else stop early if asked to."""
        if self.mistakes_in_epoch:
            return self._stopping.end_epoch(validation_loss)
        return tr("No mistake in a whole epoch: the rule is done after {count} mistakes.", count=self.mistakes)

    def state(self) -> dict[str, Tensor]:
        """Return the learning rate and the counts of mistakes."""
        return {
            "rate": torch.tensor(self._rate, dtype=torch.float64),
            "mistakes": torch.tensor(self.mistakes_by_epoch, dtype=torch.int64),
            **self._stopping.state(),
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        self._rate = state["rate"].item()
        self.mistakes_by_epoch = [int(count) for count in state["mistakes"]]
        self._stopping.load_state(state)

    def _count(self, mistakes: int) -> None:
        if not self.mistakes_by_epoch:
            self.mistakes_by_epoch.append(0)
        self.mistakes_by_epoch[-1] += mistakes


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


def mistake_bound(rows: Tensor, signs: Tensor) -> float | None:
    """Return (R/γ)², which the mistakes of one unit begun at zero never pass; None where no plane parts the rows.

    R is the length of the longest (x, 1), and γ the largest distance that all y (x, 1) can have from one plane through
    zero (Novikoff: On convergence proofs for perceptrons, 1962). The plane is that of a support vector machine without
    an offset, found by coordinate ascent in its dual; a plane that is not quite the best gives a bound that is larger.

    Args:
        rows: inputs ``(n, D)``.
        signs: right answers ``(n,)``, −1 or 1.
    """
    import numpy as np

    # In numpy: so many steps with so few numbers take torch twenty times as long.
    points = np.hstack((rows.cpu().double().numpy(), np.ones((len(rows), 1))))
    turned = points * signs.cpu().double().numpy()[:, None]
    lengths = (turned**2).sum(axis=1)
    plane = np.zeros(turned.shape[1])
    shares = [0.0] * len(turned)
    pairs = list(zip(turned, lengths.tolist(), strict=True))
    for _ in range(min(_SWEEPS, _MOST_STEPS // len(turned))):
        change = 0.0
        for number, (row, length) in enumerate(pairs):
            new = max(0.0, shares[number] + (1.0 - float(row @ plane)) / length)
            moved = new - shares[number]
            if moved:
                plane += moved * row
                change = max(change, abs(moved))
                shares[number] = new
        if change < _STILL:
            break
    margin = float((turned @ plane).min())
    if margin <= _FLAT:
        return None
    return float(lengths.max()) * float(plane @ plane) / margin**2
