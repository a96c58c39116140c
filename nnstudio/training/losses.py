"""Losses: what training makes small, each a pure function of outputs and targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Union

import torch
from torch import Tensor
from torch.nn import functional

from nnstudio.core.words import tr
from nnstudio.training.own_losses import detection_loss, rbf_loss, segmentation_loss, vae_loss
from nnstudio.training.recipe import Loss, Recipe
from nnstudio.training.suits import LEAST_WINS, TAKES_LOGARITHMS

Outputs = Union[Tensor, tuple[Tensor, ...]]
Rule = Callable[[Tensor, Tensor, Recipe, Union[Tensor, None]], Tensor]


def loss_value(name: Loss, output: Outputs, target: Tensor, recipe: Recipe, weights: Tensor | None = None) -> Tensor:
    """Return the mean over all that is compared, a tensor of no axes.

    Args:
        name: the loss; its formula stands with the setting ``loss`` of the recipe.
        output: scores ``(B, classes, …)`` where the target holds class numbers, else values; for ``vae`` three of
            them: what was rebuilt ``(B, …)``, the code's means ``(B, D)`` and logarithms of its variances ``(B, D)``.
        target: class numbers ``(B, …)`` for the losses of `TAKES_NUMBERS`, boxes ``(B, M, 5)`` for ``detection``, else
            values in the shape of ``output``.
        recipe: further settings of the loss.
        weights: what a mistake with each class counts, ``(classes,)``; None for all alike.

    Raises:
        ValueError: ``vae`` is asked of a network without the three outputs.
    """
    if name == "vae":
        return vae_loss(expect_three(output), target, recipe.beta)
    assert isinstance(output, Tensor), name
    return LOSSES[name](output, target, recipe, weights)


def expect_three(output: Outputs) -> tuple[Tensor, Tensor, Tensor]:
    """Return the sample again, the mean and the logarithm of the variance of its code.

    Raises:
        ValueError: there are not just these three outputs, or the last two differ in shape.
    """
    if isinstance(output, Tensor) or len(output) != 3 or output[1].shape != output[2].shape:
        raise ValueError(
            tr(
                "The VAE loss needs three Outputs in this order: what was rebuilt, the mean of the code, and the "
                "logarithm of its variance."
            )
        )
    return output[0], output[1], output[2]


def _cross_entropy(output: Tensor, target: Tensor, recipe: Recipe, weights: Tensor | None) -> Tensor:
    return functional.cross_entropy(output, target, weights, label_smoothing=recipe.label_smoothing)


def _bce(output: Tensor, target: Tensor, _recipe: Recipe, _weights: Tensor | None) -> Tensor:
    return functional.binary_cross_entropy_with_logits(output, target)


def _nll(output: Tensor, target: Tensor, _recipe: Recipe, weights: Tensor | None) -> Tensor:
    return functional.nll_loss(output, target, weights)


def _mse(output: Tensor, target: Tensor, _recipe: Recipe, _weights: Tensor | None) -> Tensor:
    return functional.mse_loss(output, target)


def _mae(output: Tensor, target: Tensor, _recipe: Recipe, _weights: Tensor | None) -> Tensor:
    return functional.l1_loss(output, target)


def _huber(output: Tensor, target: Tensor, recipe: Recipe, _weights: Tensor | None) -> Tensor:
    return functional.huber_loss(output, target, delta=recipe.huber_delta)


def _kl(output: Tensor, target: Tensor, _recipe: Recipe, _weights: Tensor | None) -> Tensor:
    return functional.kl_div(output, target, reduction="none").sum(1).mean()


def _hinge(output: Tensor, target: Tensor, _recipe: Recipe, _weights: Tensor | None) -> Tensor:
    return functional.multi_margin_loss(output.movedim(1, -1).reshape(-1, output.shape[1]), target.reshape(-1))


def _rbf(output: Tensor, target: Tensor, recipe: Recipe, _weights: Tensor | None) -> Tensor:
    return rbf_loss(output, target, recipe.rbf_margin)


def _segmentation(output: Tensor, target: Tensor, recipe: Recipe, weights: Tensor | None) -> Tensor:
    return segmentation_loss(output, target, recipe.dice_share, weights)


def _detection(output: Tensor, target: Tensor, recipe: Recipe, _weights: Tensor | None) -> Tensor:
    return detection_loss(output, target, recipe.box_weight, recipe.empty_weight)


LOSSES: Mapping[Loss, Rule] = {
    "cross_entropy": _cross_entropy,
    "bce": _bce,
    "nll": _nll,
    "mse": _mse,
    "mae": _mae,
    "huber": _huber,
    "kl": _kl,
    "hinge": _hinge,
    "rbf": _rbf,
    "segmentation": _segmentation,
    "detection": _detection,
}
"""All losses of one output; ``vae`` looks at three."""


def balanced_weights(numbers: Tensor, num_classes: int) -> Tensor:
    """Return ``(classes,)`` weights N / (K·N_c), float32, by which each class counts the same as a whole.

    A class that does not occur has the weight 1: validation samples may be of it, and those of weight 0 have no mean.

    Args:
        numbers: class numbers of the training samples, in any shape.
        num_classes: K, how many classes there are.
    """
    counts = torch.bincount(numbers.reshape(-1), minlength=num_classes).double()
    return torch.where(counts > 0, numbers.numel() / (num_classes * counts.clamp(min=1)), 1.0).float()


def answers(name: Loss, output: Tensor, dim: int = 1) -> Tensor:
    """Return the class numbers that a network's output names: where it is largest, for distances where smallest."""
    return output.argmin(dim) if name in LEAST_WINS else output.argmax(dim)


def shares(name: Loss, output: Tensor, dim: int = 1) -> Tensor:
    """Return what a person reads of an output: shares for scores, logarithms and distances, else the values."""
    if name in ("cross_entropy", "segmentation"):
        return output.softmax(dim)
    if name == "bce":
        return output.sigmoid()
    if name in TAKES_LOGARITHMS:
        return output.exp()
    if name in LEAST_WINS:
        return (-output).softmax(dim)
    return output
