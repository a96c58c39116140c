"""The learning-rate finder: the rate grows from step to step, and the loss shows how far it may.

Smith: Cyclical learning rates for training neural networks, 2017. It works on a network of its own, so the run and the
drawing know nothing of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from torch import Tensor, nn

    from nnstudio.data.dataset import Dataset
    from nnstudio.training.batches import Part
    from nnstudio.training.recipe import Recipe

LOWEST: Final = 1e-6
HIGHEST: Final = 10.0
NUM_STEPS: Final = 150
SMOOTHING: Final = 0.9
"""Share of the mean so far in the next smoothed loss."""
_BLOWN: Final = 4.0
"""The sweep ends where the smoothed loss is so many times the best."""
_SETTLED: Final = 20
"""Steps after which the smoothed loss is a mean of enough to say so."""

_SPAN: Final = 7
"""Steps to each side that a slope is measured over: together two thirds of a decade."""
_LEAST_FALL: Final = 0.005
"""Share of the loss that must go for the fall to be one."""


class RateTried(msgspec.Struct, frozen=True):
    """One step of the sweep.

    Attributes:
        rate: the learning rate of the step.
        loss: of its batch, before the step.
        smoothed: mean of the losses so far, the latest weighing most, without the pull of its beginning.
    """

    rate: float
    loss: float
    smoothed: float


class Advice(msgspec.Struct, frozen=True):
    """What a sweep says.

    Attributes:
        rate: the rate to take: where the loss falls steepest, rounded to one digit; None where it never falls.
        steepest: that place in the sweep.
        best: the place of the lowest smoothed loss; beyond it, the loss rises.
    """

    rate: float | None
    steepest: int = 0
    best: int = 0


def try_rates(
    module: nn.Module,
    dataset: Dataset,
    recipe: Recipe,
    stop: Callable[[], bool] = lambda: False,
    num_steps: int = NUM_STEPS,
) -> Iterator[RateTried]:
    """Take steps whose rate grows by the same factor each, until the loss blows up.

    Args:
        module: a network that nobody else uses; it is changed.
        dataset: what it learns from.
        recipe: gives learner, loss, batch size and seed; its schedule is left out.
        stop: asked before each step.
        num_steps: from the lowest rate to the highest.

    Raises:
        ValueError: module, data and recipe do not fit together.
    """
    from nnstudio.training.batches import make_part
    from nnstudio.training.chance import Chance
    from nnstudio.training.devices import find_device
    from nnstudio.training.learners.make import make_learner
    from nnstudio.training.tasks.make import make_objective

    recipe = msgspec.structs.replace(recipe, schedule="constant", warmup_steps=0, early_stopping=False)
    device = find_device(recipe.device)
    objective = make_objective(recipe, dataset)
    part = make_part(dataset, objective, dataset.training, device)
    module.to(device).train()
    learner = make_learner(module, objective, recipe, num_steps)
    learner.begin_epoch(1)
    chance = Chance(recipe.seed, device)
    mean, best = 0.0, math.inf
    for number, (inputs, targets) in zip(range(num_steps), _batches(part, recipe), strict=False):
        if stop():
            return
        rate = LOWEST * (HIGHEST / LOWEST) ** (number / (num_steps - 1))
        learner.set_rate(rate)
        with chance.at_work(), chance:
            loss = learner.step(inputs, targets).loss
        if not math.isfinite(loss):
            return
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        smoothed = mean / (1 - SMOOTHING ** (number + 1))
        best = min(best, smoothed)
        yield RateTried(rate, loss, smoothed)
        if number > _SETTLED and smoothed > _BLOWN * best:
            return


def _batches(part: Part, recipe: Recipe) -> Iterator[tuple[Tensor, Tensor]]:
    """Give the batches of one epoch after the other, without end."""
    import torch

    from nnstudio.training.batches import cut

    shuffler = torch.Generator().manual_seed(recipe.seed)
    while True:
        for rows in cut(torch.randperm(part.size, generator=shuffler), recipe.batch_size):
            yield part.batch(rows)


def advise(tried: Sequence[RateTried]) -> Advice:
    """Return the rate where the smoothed loss falls steepest, between a hundredth and a third of the best one."""
    if len(tried) < 2 * _SPAN:
        return Advice(None)
    best = min(range(len(tried)), key=lambda number: tried[number].smoothed)
    if tried[_SPAN].smoothed - tried[best].smoothed < _LEAST_FALL * tried[_SPAN].smoothed:
        return Advice(None, best=best)
    low, high = tried[best].rate / 100, tried[best].rate / 3
    falls = {
        number: tried[number + _SPAN].smoothed - tried[number - _SPAN].smoothed
        for number in range(_SPAN, len(tried) - _SPAN)
        if low <= tried[number].rate <= high
    }
    if not falls:
        return Advice(None, best=best)
    steepest = min(falls, key=lambda number: falls[number])
    return Advice(float(f"{tried[steepest].rate:.0e}"), steepest, best)
