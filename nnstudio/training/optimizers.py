"""Optimizers: torch's own, with the settings of a recipe."""

from __future__ import annotations

import torch
from torch import nn

from nnstudio.core.words import tr
from nnstudio.training.recipe import Recipe


def make_optimizer(module: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """Return the recipe's optimizer for all trained numbers of ``module``, which are on their device already.

    The fused kernels follow the same rule as the plain ones, in one call per step.

    Raises:
        ValueError: the module has nothing to train.
    """
    weights = [weight for weight in module.parameters() if weight.requires_grad]
    if not weights:
        raise ValueError(tr("The network has no weights, so there is nothing to train: add a layer such as Dense."))
    rate, decay = recipe.learning_rate, recipe.weight_decay
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(weights, lr=rate, momentum=recipe.momentum, weight_decay=decay, fused=True)
    if recipe.optimizer == "adam":
        return torch.optim.Adam(weights, lr=rate, weight_decay=decay, fused=True)
    return torch.optim.AdamW(weights, lr=rate, weight_decay=decay, fused=True)
