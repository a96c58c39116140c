"""Losses: what training makes small, each a function of outputs and targets."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from nnstudio.training.recipe import Loss, Recipe


def loss_value(name: Loss, output: Tensor, target: Tensor, _recipe: Recipe) -> Tensor:
    """Return the mean over all that is compared, a tensor of no axes.

    Args:
        name: the loss.
        output: scores ``(B, classes, …)`` for cross-entropy, else values.
        target: class numbers ``(B, …)``, else values in the shape of ``output``.
        _recipe: further settings of the loss.
    """
    if name == "mse":
        return functional.mse_loss(output, target)
    return functional.cross_entropy(output, target)
