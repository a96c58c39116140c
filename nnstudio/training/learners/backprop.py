"""Back-propagation: gradients of the loss for every weight, and an optimizer that follows them."""

from __future__ import annotations

import math
from contextlib import nullcontext

import torch
from torch import Tensor, nn

from nnstudio.training.learners.base import Step
from nnstudio.training.learners.memory import memory_of, put_back_memory
from nnstudio.training.learners.stopping import Stopping
from nnstudio.training.machine import only_deterministic
from nnstudio.training.optimizers import make_optimizer, shape_gradients
from nnstudio.training.recipe import Recipe
from nnstudio.training.schedules import Plateau, share_of_rate
from nnstudio.training.tasks.base import Objective, Output


class Backprop:
    """Gradient descent by a recipe's optimizer (Rumelhart, Hinton, Williams 1986).

    Args:
        module: its weights are on their device already.
        objective: gives the loss.
        recipe: names the optimizer, the schedule and their settings.
        steps_per_epoch: how many batches make an epoch, for schedules.

    Raises:
        ValueError: the module has nothing to train.
    """

    def __init__(self, module: nn.Module, objective: Objective, recipe: Recipe, steps_per_epoch: int = 1) -> None:
        self._module = module
        self._objective = objective
        self._recipe = recipe
        if recipe.channels_last:
            module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._call = torch.compile(module) if recipe.compile else module
        self._optimizer = make_optimizer(module, recipe)
        self._steps_per_epoch = steps_per_epoch
        self._count = 0
        self._base = recipe.learning_rate
        self._plateau = Plateau(recipe)
        self._stopping = Stopping(module, recipe)
        self._is_scheduled = recipe.schedule != "constant" or recipe.warmup_steps > 0
        self._shapes_gradients = recipe.l1 > 0 or recipe.clipping != "none"
        self._set_rate()

    @property
    def rate(self) -> float:
        """The learning rate that the next step takes."""
        return float(self._optimizer.param_groups[0]["lr"])

    def set_rate(self, rate: float) -> None:
        """Take another learning rate from the next step on; a schedule goes on from there."""
        share = self._share
        self._base = rate / share if share > 0 else rate
        self._set_rate()

    def begin_epoch(self, epoch: int) -> str:
        """Note the number: every epoch is like the others."""
        self._stopping.begin_epoch(epoch)
        return ""

    def step(self, inputs: Tensor, targets: Tensor) -> Step:
        """Go forward, back, and one step along the gradient; a loss that is not finite changes no weight."""
        with only_deterministic() if self._recipe.deterministic else nullcontext():
            if isinstance(self._optimizer, torch.optim.LBFGS):
                done = self._search(self._optimizer, inputs, targets)
            else:
                done = self._descend(inputs, targets)
        if math.isfinite(done.loss):
            self.count_step()
        return done

    def count_step(self) -> None:
        """Take the rate that the schedule has for the next step."""
        self._count += 1
        if self._is_scheduled:
            self._set_rate()

    def end_epoch(self, validation_loss: float) -> str:
        """Lower the rate when the loss stalls; stop early, and put the best weights back, where the recipe says so."""
        if self._recipe.schedule == "plateau":
            self._plateau.see(validation_loss)
            self._set_rate()
        return self._stopping.end_epoch(validation_loss)

    def state(self) -> dict[str, Tensor]:
        """Return rate, schedule and what the optimizer remembers of each weight, by ``<number>.<name>``."""
        numbers = {
            "rate": self._base,
            "count": self._count,
            "plateau share": self._plateau.share,
            "plateau best": self._plateau.watch.best,
            "plateau waited": self._plateau.watch.waited,
        }
        return {
            **{name: torch.tensor(value, dtype=torch.float64) for name, value in numbers.items()},
            **self._stopping.state(),
            **memory_of(self._optimizer, self._weights()),
        }

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, bit for bit."""
        self._base = state["rate"].item()
        self._count = int(state["count"])
        self._plateau.share = state["plateau share"].item()
        self._plateau.watch.best = state["plateau best"].item()
        self._plateau.watch.waited = int(state["plateau waited"])
        self._stopping.load_state(state)
        memory = {key: value for key, value in state.items() if key[:1].isdigit()}
        put_back_memory(self._optimizer, self._weights(), memory)
        self._set_rate()

    def _descend(self, inputs: Tensor, targets: Tensor) -> Step:
        output = self._forward(inputs)
        loss = self._objective.loss(output, targets)
        value = loss.item()
        if not math.isfinite(value):
            return Step(value)
        self._optimizer.zero_grad()
        torch.autograd.backward(loss)
        if self._shapes_gradients:
            shape_gradients(self._weights(), self._recipe)
        self._optimizer.step()
        return Step(value, self._objective.count_right(output, targets))

    def _search(self, optimizer: torch.optim.LBFGS, inputs: Tensor, targets: Tensor) -> Step:
        """Let L-BFGS try the batch as often as it wants; the step is told as it was at first."""
        first: list[Step] = []

        def try_out() -> Tensor:
            optimizer.zero_grad()
            output = self._forward(inputs)
            loss = self._objective.loss(output, targets)
            if not first:
                first.append(Step(loss.item(), self._objective.count_right(output, targets)))
                if not math.isfinite(first[0].loss):
                    raise _NotFiniteError
            torch.autograd.backward(loss)
            if self._shapes_gradients:
                shape_gradients(self._weights(), self._recipe)
            return loss

        try:
            optimizer.step(try_out)  # type: ignore[no-untyped-call]
        except _NotFiniteError:
            return Step(first[0].loss)
        return first[0]

    def _forward(self, inputs: Tensor) -> Output:
        if self._recipe.channels_last and inputs.ndim == 4:
            inputs = inputs.contiguous(memory_format=torch.channels_last)
        if self._recipe.precision == "float32":
            return self._call(inputs)  # type: ignore[no-any-return]
        with torch.autocast(inputs.device.type, torch.bfloat16):
            output = self._call(inputs)
        return output.float() if isinstance(output, Tensor) else tuple(part.float() for part in output)

    @property
    def _share(self) -> float:
        return share_of_rate(self._count, self._recipe, self._steps_per_epoch) * self._plateau.share

    def _set_rate(self) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = self._base * self._share

    def _weights(self) -> list[Tensor]:
        return [weight for group in self._optimizer.param_groups for weight in group["params"]]


class _NotFiniteError(Exception):
    """Leaves L-BFGS before it changes a weight."""
