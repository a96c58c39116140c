"""Dense layers in a row, with the chain rule written out: for the smallest networks even autograd’s notes are dear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

import torch
from torch import Tensor, fx, nn

from nnstudio.training.recipe import Recipe

Rule = Callable[[Tensor, Tensor], Tensor]
"""Gradient and value of a layer's output -> gradient of its input."""

_MEAN: Final = 1
"""What torch's own functions call the mean over the batch."""
_NO_CLASS: Final = -100
"""What they call a sample that does not count."""
_BENDS: Final[dict[type[nn.Module], tuple[Callable[[Tensor], Tensor], Rule]]] = {
    nn.Tanh: (torch.tanh, torch.ops.aten.tanh_backward.default),
    nn.Sigmoid: (torch.sigmoid, torch.ops.aten.sigmoid_backward.default),
    nn.ReLU: (torch.relu, lambda gradient, value: torch.ops.aten.threshold_backward.default(gradient, value, 0)),
}


class Chain:
    """Computes a row of dense layers and bends, and the gradients of its weights, as autograd does to the last bit.

    For y = xWᵀ + b: ∂L/∂W = gᵀx, ∂L/∂b = Σ g over the batch, ∂L/∂x = gW, with g = ∂L/∂y (Rumelhart, Hinton, Williams:
    Learning representations by back-propagating errors, 1986).
    """

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        self._steps: list[tuple[Tensor | None, Any, Any]] = []
        for layer in layers:
            if isinstance(layer, nn.Linear):
                # Detached, so that autograd takes no notes; they change with the layer's own.
                weight = layer.weight.detach()
                self._steps.append((weight, weight.t(), layer.bias.detach()))
            else:
                self._steps.append((None, None, _BENDS[type(layer)]))

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return ``x (B, in)`` and the value of each layer; the last are the scores."""
        values = [x]
        addmm = torch.addmm
        for weight, turned, rest in self._steps:
            x = rest[0](x) if weight is None else addmm(rest, x, turned)
            values.append(x)
        return values

    def backward(self, values: list[Tensor], gradient: Tensor) -> tuple[Tensor, ...]:
        """Return the gradients of all weights and biases in the order of the layers.

        Args:
            values: what `forward` gave.
            gradient: of the loss for the scores, ``(B, out)``.
        """
        found: list[Tensor] = []
        for number in range(len(self._steps) - 1, -1, -1):
            weight, _, rest = self._steps[number]
            if weight is None:
                gradient = rest[1](gradient, values[number + 1])
            else:
                found += (gradient.sum(0), gradient.t().mm(values[number]))
                if number:
                    gradient = gradient.mm(weight)
        found.reverse()
        return tuple(found)


def make_chain(module: fx.GraphModule, weights: Sequence[Tensor]) -> Chain | None:
    """Return the chain that a drawing is; None where it is another one.

    Args:
        module: the network.
        weights: those that are trained: of a chain they must be all there are.
    """
    nodes = list(module.graph.nodes)
    if any(after.args != (before,) or after.kwargs for before, after in pairwise(nodes)):
        return None
    if any(node.op != "call_module" for node in nodes[1:-1]):
        return None
    layers = [module.get_submodule(str(node.target)) for node in nodes[1:-1]]
    if not layers or not all(map(_is_link, layers)):
        return None
    own = [weight for layer in layers for weight in layer.parameters()]
    same = len(own) == len(weights) and all(one is other for one, other in zip(own, weights, strict=True))
    return Chain(layers) if same else None


def _is_link(layer: nn.Module) -> bool:
    if layer._forward_hooks or layer._forward_pre_hooks or layer._backward_hooks or layer._backward_pre_hooks:
        return False
    if type(layer) is nn.Linear:
        return layer.bias is not None
    return type(layer) in _BENDS and not getattr(layer, "inplace", False)


Head = Callable[[Tensor, Tensor], "tuple[Tensor, Tensor]"]
"""Scores ``(B, K)`` and targets -> the mean loss, and its gradient for the scores."""


def make_head(recipe: Recipe) -> Head | None:
    """Return the recipe's loss with its gradient written out; None for losses that leave that to autograd."""
    if recipe.loss == "mse":
        return _mse_head
    if recipe.loss == "cross_entropy" and recipe.class_weights == "none" and recipe.label_smoothing == 0.0:
        return _cross_entropy_head
    return None


def _mse_head(scores: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    loss = torch.ops.aten.mse_loss.default(scores, target, _MEAN)
    return loss, torch.ops.aten.mse_loss_backward.default(torch.ones_like(loss), scores, target, _MEAN)


def _cross_entropy_head(scores: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    shares = torch.log_softmax(scores, 1)
    loss, weight = torch.ops.aten.nll_loss_forward.default(shares, target, None, _MEAN, _NO_CLASS)
    one = torch.ones_like(loss)
    back = torch.ops.aten.nll_loss_backward.default(one, shares, target, None, _MEAN, _NO_CLASS, weight)
    return loss, torch.ops.aten._log_softmax_backward_data.default(back, shares, 1, scores.dtype)
