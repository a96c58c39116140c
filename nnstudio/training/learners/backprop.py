"""Back-propagation: gradients of the loss for every weight, and an optimizer that follows them."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from nnstudio.training.learners.base import Step
from nnstudio.training.optimizers import make_optimizer
from nnstudio.training.recipe import Recipe
from nnstudio.training.tasks.base import Objective


class Backprop:
    """Gradient descent by a recipe's optimizer (Rumelhart, Hinton, Williams 1986).

    Args:
        module: its weights are on their device already.
        objective: gives the loss.
        recipe: names the optimizer and its settings.

    Raises:
        ValueError: the module has nothing to train.
    """

    def __init__(self, module: nn.Module, objective: Objective, recipe: Recipe) -> None:
        self._module = module
        self._objective = objective
        self._optimizer = make_optimizer(module, recipe)

    @property
    def rate(self) -> float:
        """The learning rate that the next step takes."""
        return float(self._optimizer.param_groups[0]["lr"])

    def set_rate(self, rate: float) -> None:
        """Take another learning rate from the next step on."""
        for group in self._optimizer.param_groups:
            group["lr"] = rate

    def begin_epoch(self, epoch: int) -> str:
        """Do nothing: every epoch is like the others."""
        return ""

    def step(self, inputs: Tensor, targets: Tensor) -> Step:
        """Go forward, back, and one step along the gradient; a loss that is not finite changes no weight."""
        output = self._module(inputs)
        loss = self._objective.loss(output, targets)
        value = loss.item()
        if not math.isfinite(value):
            return Step(value)
        self._optimizer.zero_grad()
        torch.autograd.backward(loss)
        self._optimizer.step()
        return Step(value, self._objective.count_right(output, targets))

    def end_epoch(self, validation_loss: float) -> str:
        """Go on as before."""
        return ""

    def state(self) -> dict[str, Tensor]:
        """Return the learning rate and what the optimizer remembers of each weight, by ``<number>.<name>``."""
        state = {"rate": torch.tensor(self.rate, dtype=torch.float64)}
        for number, weight in enumerate(self._weights()):
            for name, value in self._optimizer.state.get(weight, {}).items():
                if isinstance(value, Tensor):
                    state[f"{number}.{name}"] = value.detach().clone()
        return state

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, bit for bit."""
        self.set_rate(state["rate"].item())
        self._optimizer.state.clear()
        weights = self._weights()
        for key, value in state.items():
            number, _, name = key.partition(".")
            if name:
                self._optimizer.state[weights[int(number)]][name] = value.clone()

    def _weights(self) -> list[Tensor]:
        return [weight for group in self._optimizer.param_groups for weight in group["params"]]
