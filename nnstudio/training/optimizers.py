"""Optimizers: torch's own, with the settings of a recipe, and what happens to gradients before their step."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

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
    rate, decay, betas = recipe.learning_rate, recipe.weight_decay, (recipe.beta1, recipe.beta2)
    match recipe.optimizer:
        case "sgd":
            return torch.optim.SGD(
                weights,
                lr=rate,
                momentum=recipe.momentum,
                nesterov=recipe.nesterov and recipe.momentum > 0,
                weight_decay=decay,
                fused=True,
            )
        case "adam":
            return torch.optim.Adam(weights, lr=rate, betas=betas, weight_decay=decay, fused=True)
        case "adamw":
            return torch.optim.AdamW(weights, lr=rate, betas=betas, weight_decay=decay, fused=True)
        case "rmsprop":
            return torch.optim.RMSprop(weights, lr=rate, alpha=recipe.smoothing, weight_decay=decay)
        case "adagrad":
            return torch.optim.Adagrad(weights, lr=rate, weight_decay=decay)
        case "adadelta":
            return torch.optim.Adadelta(weights, lr=rate, rho=recipe.rho, weight_decay=decay)
        case "lbfgs":
            return torch.optim.LBFGS(
                weights,
                lr=rate,
                max_iter=recipe.lbfgs_iterations,
                history_size=recipe.lbfgs_history,
                line_search_fn="strong_wolfe",
            )


def shape_gradients(weights: Sequence[Tensor], recipe: Recipe) -> None:
    """Add L1's part to the gradients of ``weights``, then clip them as the recipe says."""
    if recipe.l1 > 0:
        reached = [weight for weight in weights if weight.grad is not None]
        with torch.no_grad():
            for weight in reached:
                assert weight.grad is not None
                weight.grad.add_(weight.sign(), alpha=recipe.l1)
    if recipe.clipping == "norm":
        nn.utils.clip_grad_norm_(weights, recipe.clip_at)
    elif recipe.clipping == "value":
        nn.utils.clip_grad_value_(weights, recipe.clip_at)
