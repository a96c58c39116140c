"""Back-propagation without what surrounds it: for small networks calls, not arithmetic, take the time of a step."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any, Final

import msgspec
import torch
from torch import Tensor, fx, nn
from torch.autograd.variable import Variable

from nnstudio.training.learners.backprop import Backprop
from nnstudio.training.learners.base import Step
from nnstudio.training.learners.chain import Chain, Head, make_chain, make_head
from nnstudio.training.learners.program import agrees, make_program
from nnstudio.training.recipe import Recipe
from nnstudio.training.tasks.base import Objective

# What torch.autograd.grad calls in the end, after checks that take as long as the gradients of a small network.
_go_back: Final[Callable[..., tuple[Tensor, ...]]] = Variable._execution_engine.run_backward

_FREE: Final = (
    "loss label_smoothing class_weights huber_delta rbf_margin dice_share box_weight empty_weight beta "
    "optimizer learning_rate momentum nesterov beta1 beta2 weight_decay "
    "schedule warmup_steps step_every step_factor decay_rate lowest_share rise_share start_divisor end_divisor "
    "plateau_patience plateau_factor "
    "shuffle learner cd_steps pretraining_epochs pretraining_rate early_stopping patience min_delta keep_best "
    "batch_size epochs seed device"
)
"""Settings that `Quick` follows or that no step sees. Any other, be it a new one, must be as it is when not set."""

Update = Callable[[tuple[Tensor, ...]], None]
"""Takes the gradients of weights and changes these."""


def make_backprop(module: nn.Module, objective: Objective, recipe: Recipe, *others: Any) -> Backprop:
    """Return `Quick` where it follows the same rule, else `Backprop`; arguments are those of `Backprop`.

    Raises:
        ValueError: the module has nothing to train.
    """
    return (Quick if is_quick(module, recipe) else Backprop)(module, objective, recipe, *others)


def is_quick(module: nn.Module, recipe: Recipe) -> bool:
    """Whether `Quick` follows the same rule as `Backprop` for this network and recipe."""
    default = Recipe()
    others = (field.name for field in msgspec.structs.fields(Recipe) if field.name not in _FREE.split())
    return (
        isinstance(module, fx.GraphModule)
        and recipe.optimizer in ("adam", "adamw", "sgd")
        and all(getattr(recipe, name) == getattr(default, name) for name in others)
    )


class Quick(Backprop):
    """`Backprop` by shorter ways: the drawing as a list of calls, gradients from the engine, one fused kernel.

    Every number is the same: it is the same arithmetic on the same weights. The first batch is put to both ways; a
    network for which they differ goes on as with `Backprop`.

    Args:
        module: made by `nnstudio.compiler.link`; its weights are on their device already.
        objective: gives the loss.
        recipe: one for which `is_quick` holds.
        **others: as for `Backprop`.

    Raises:
        ValueError: the module has nothing to train.
    """

    def __init__(self, module: nn.Module, objective: Objective, recipe: Recipe, *others: Any) -> None:
        super().__init__(module, objective, recipe, *others)
        assert isinstance(module, fx.GraphModule)
        self._program = make_program(module)
        self._all = tuple(self._weights())
        self._one = torch.ones((), dtype=self._all[0].dtype, device=self._all[0].device)
        self._chain = make_chain(module, self._all)
        self._head = make_head(recipe)
        self._update: Update | None = None
        self._agrees: bool | None = None

    def step(self, inputs: Tensor, targets: Tensor) -> Step:
        """Do as `Backprop.step` does."""
        if self._agrees is None:
            self._agrees = agrees(self._program, self._module, inputs)
            if self._head is not None and not self._same_loss(self._head, inputs, targets):
                self._head = None
        if not self._agrees:
            return super().step(inputs, targets)
        if self._chain is not None:
            value, output, gradients = self._go_along(self._chain, inputs, targets)
        else:
            output = self._program(inputs)
            loss = self._objective.loss(output, targets)
            value = loss.item()
            gradients = self._back(loss, self._all) if math.isfinite(value) else ()
        if not gradients:
            return Step(value)
        if self._update is None:
            self._update = _make_update(self._optimizer, self._all, gradients)
        self._update(gradients)
        self.count_step()
        return Step(value, self._objective.count_right(output, targets))

    def _go_along(self, chain: Chain, inputs: Tensor, targets: Tensor) -> tuple[float, Tensor, tuple[Tensor, ...]]:
        """Return loss, scores and the gradients of all weights, none where the loss is no finite number."""
        values = chain.forward(inputs)
        scores = values[-1]
        if self._head is not None:
            loss, gradient = self._head(scores, targets)
        else:
            scores.requires_grad_()
            loss = self._objective.loss(scores, targets)
            gradient = None
        value = loss.item()
        if not math.isfinite(value):
            return value, scores, ()
        if gradient is None:
            (gradient,) = self._back(loss, (scores,))
        return value, scores, chain.backward(values, gradient)

    def _back(self, loss: Tensor, wanted: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return _go_back((loss,), (self._one,), False, False, wanted, allow_unreachable=True, accumulate_grad=False)

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Do as `Backprop.load_state` does."""
        super().load_state(state)
        self._update = None

    def _same_loss(self, head: Head, inputs: Tensor, targets: Tensor) -> bool:
        """Put the first batch's scores to the written-out loss and to the objective, which also checks their shape."""
        if self._chain is None:
            return False
        scores = self._chain.forward(inputs)[-1]
        usual = self._objective.loss(scores.requires_grad_(), targets)
        (slope,) = self._back(usual, (scores,))
        with torch.no_grad():
            loss, gradient = head(scores, targets)
        return torch.equal(loss, usual) and torch.equal(gradient, slope)


def _make_update(
    optimizer: torch.optim.Optimizer, all_: Sequence[Tensor], gradients: Sequence[Tensor | None]
) -> Update:
    """Return one call of the fused kernel that ``optimizer.step`` calls, on what the optimizer keeps of each weight.

    Weights that the loss does not reach have no gradient and stay as they are, now and later.
    """
    reached = [gradient is not None for gradient in gradients]
    weights = list(compress(all_, reached))
    make = _make_sgd if isinstance(optimizer, torch.optim.SGD) else _make_adam
    update = make(optimizer, weights)
    return update if all(reached) else lambda given: update(tuple(compress(given, reached)))


def _make_sgd(optimizer: torch.optim.Optimizer, weights: Sequence[Tensor]) -> Update:
    (group,) = optimizer.param_groups
    buffers = [_remembered(optimizer, weight, "momentum_buffer") for weight in weights] if group["momentum"] else []
    # Detached, they are no affair of autograd's, so that its switch need not be turned for each step.
    values, kernel = [weight.detach() for weight in weights], torch._fused_sgd_

    def update(gradients: tuple[Tensor, ...]) -> None:
        kernel(
            values,
            gradients,
            buffers,
            weight_decay=group["weight_decay"],
            momentum=group["momentum"],
            lr=group["lr"],
            dampening=group["dampening"],
            nesterov=group["nesterov"],
            maximize=False,
            is_first_step=False,
        )

    return update


def _make_adam(optimizer: torch.optim.Optimizer, weights: Sequence[Tensor]) -> Update:
    (group,) = optimizer.param_groups
    means = [_remembered(optimizer, weight, "exp_avg") for weight in weights]
    squares = [_remembered(optimizer, weight, "exp_avg_sq") for weight in weights]
    # One tensor counts for all weights; what the optimizer keeps are its parts.
    first = optimizer.state[weights[0]].get("step", torch.zeros((), device=weights[0].device))
    count = first.repeat(len(weights))
    steps = list(count.unbind())
    for weight, step in zip(weights, steps, strict=True):
        optimizer.state[weight]["step"] = step
    values = [weight.detach() for weight in weights]
    kernel = torch._fused_adamw_ if isinstance(optimizer, torch.optim.AdamW) else torch._fused_adam_

    def update(gradients: tuple[Tensor, ...]) -> None:
        beta1, beta2 = group["betas"]
        count.add_(1)
        kernel(
            values,
            gradients,
            means,
            squares,
            [],
            steps,
            amsgrad=False,
            lr=group["lr"],
            beta1=beta1,
            beta2=beta2,
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            maximize=False,
        )

    return update


def _remembered(optimizer: torch.optim.Optimizer, weight: Tensor, name: str) -> Tensor:
    """Return what the optimizer keeps of a weight; at first this is 0 everywhere."""
    known: Tensor = optimizer.state[weight].setdefault(name, torch.zeros_like(weight, requires_grad=False))
    return known
