"""Which learner a recipe asks for."""

from __future__ import annotations

from torch import nn

from nnstudio.training.learners.backprop import Backprop
from nnstudio.training.learners.base import Learner
from nnstudio.training.recipe import Recipe
from nnstudio.training.tasks.base import Objective


def make_learner(module: nn.Module, objective: Objective, recipe: Recipe, steps_per_epoch: int = 1) -> Learner:
    """Return what will change the weights of ``module``, which are on their device already.

    Args:
        module: the network to train.
        objective: the loss, and what outputs mean.
        recipe: how it learns.
        steps_per_epoch: how many batches make an epoch, for schedules that follow the steps.

    Raises:
        ValueError: module and recipe do not fit together.
    """
    return Backprop(module, objective, recipe)
