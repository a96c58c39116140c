"""Which learner a recipe asks for."""

from __future__ import annotations

from torch import nn

from nnstudio.compiler.plan import CompileError
from nnstudio.core.problem import Problem
from nnstudio.layers.parameters import told
from nnstudio.training.learners.base import Learner
from nnstudio.training.learners.contrastive import ContrastiveDivergence
from nnstudio.training.learners.hebb import PatternStore
from nnstudio.training.learners.perceptron import PerceptronRule
from nnstudio.training.learners.pretraining import Pretraining, recipe_after
from nnstudio.training.learners.quick import make_backprop
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
        CompileError: the drawing has nothing that this learner could train, as where its loss does not fit.
    """
    try:
        return _make(module, objective, recipe, steps_per_epoch)
    except ValueError as error:
        raise CompileError((Problem(None, "learner", told(error)),)) from error


def _make(module: nn.Module, objective: Objective, recipe: Recipe, steps_per_epoch: int) -> Learner:
    match recipe.learner:
        case "perceptron":
            return PerceptronRule(module, recipe)
        case "hebb" | "pseudo_inverse":
            return PatternStore(module, recipe)
        case "contrastive_divergence":
            return ContrastiveDivergence(module, recipe)
        case "pretraining":
            after = recipe_after(module, recipe)
            return Pretraining(module, recipe, make_backprop(module, objective, after, steps_per_epoch))
        case "backprop":
            return make_backprop(module, objective, recipe, steps_per_epoch)
