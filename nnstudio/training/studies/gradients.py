"""The gradient of the loss: how much of it reaches each layer, and all of it for one layer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Study
from nnstudio.training.studies.owners import parameters, weighted_layers
from nnstudio.training.studies.samples import probe_rows
from nnstudio.training.studies.weights import LayerNumbers, numbers

if TYPE_CHECKING:
    from torch import Tensor, nn

    from nnstudio.training.studies.base import Scene

ROWS = 64
"""Training samples that gradients are of: always the same ones, taken evenly."""


class LayerFlow(msgspec.Struct, frozen=True):
    """What of the gradient reaches one layer.

    Attributes:
        layer: its name; of a layer in a block its path.
        gradient: Euclidean length of the gradient by all its weights; NaN or infinite where it has blown up.
        weights: Euclidean length of the weights themselves.
        count: how many weights there are.
    """

    layer: str
    gradient: float
    weights: float
    count: int


class Flow(msgspec.Struct, frozen=True):
    """How the gradient goes back through a network.

    Attributes:
        loss: mean over the samples.
        layers: those that have weights, in the order of the forward pass; frozen ones are left out.
        signals: by layer name the Euclidean length of the loss's gradient by what the layer gives, over all samples.
    """

    loss: float
    layers: tuple[LayerFlow, ...]
    signals: Mapping[str, float]

    @property
    def at_output(self) -> float:
        """Length of the loss's gradient by what the last layer gives; 0 where nothing is known of it."""
        return list(self.signals.values())[-1] if self.signals else 0.0

    @property
    def ratio(self) -> float | None:
        """Gradient of the first layer by that of the last: well below 1 it vanishes, well above it explodes."""
        if len(self.layers) < 2 or not self.layers[-1].gradient:
            return None
        return self.layers[0].gradient / self.layers[-1].gradient


class GradientFlow(Study, frozen=True):
    """How much of the gradient reaches each layer?"""

    rows: int = ROWS

    def see(self, scene: Scene) -> Flow:
        """Go forward and back once, as in training.

        Raises:
            ValueError: the loss does not depend on the weights by a derivative.
        """
        layers = learning_layers(scene)
        return flow_of(layers, go_back(scene, self.rows, [weight for found in layers.values() for weight in found]))


class LayerGradients(Study, frozen=True):
    """What is the gradient of the loss by the weights of this layer?"""

    layer: str
    rows: int = ROWS

    def see(self, scene: Scene) -> LayerNumbers:
        """Go forward and back once, as in training.

        Raises:
            ValueError: the layer has no weights, they are frozen, or the loss has no derivative.
        """
        found = {name: weight for name, weight in parameters(scene, self.layer).items() if weight.requires_grad}
        if not found:
            raise ValueError(tr("The weights of {layer} are frozen: they have no gradient.", layer=self.layer))
        passed = go_back(scene, self.rows, list(found.values()))
        tensors = tuple(numbers(name, passed.weights[id(weight)]) for name, weight in found.items())
        return LayerNumbers(self.layer, tensors)


class Passed(msgspec.Struct, frozen=True):
    """One pass there and back.

    Attributes:
        loss: mean over the samples.
        weights: gradients by the ``id`` of the parameter; zeros where the loss does not depend on it.
        values: what the layers gave, by name.
        signals: gradients by what the layers gave, by name.
    """

    loss: float
    weights: dict[int, Tensor]
    values: dict[str, Tensor]
    signals: dict[str, Tensor]


def go_back(scene: Scene, rows: int, weights: list[nn.Parameter]) -> Passed:
    """Go forward as in training, and back to these weights and to what every layer gave.

    Chance, as in Dropout, is the same each time, so that one look can be compared with the next.

    Raises:
        ValueError: the loss does not depend on the weights by a derivative.
    """
    import torch

    inputs, targets = scene.batch(probe_rows(scene.dataset, rows))
    values: dict[str, Tensor] = {}
    with scene.untouched(training=True), torch.enable_grad():
        torch.manual_seed(0)
        output = scene.inside.look(inputs, values.__setitem__, gradients=True)
        loss = scene.objective.loss(output, targets)
        if not loss.requires_grad:
            raise ValueError(tr("The loss has no gradient here: no weight can be changed by it."))
        known = {name: value for name, value in values.items() if value.requires_grad}
        wanted = [*weights, *known.values()]
        found = torch.autograd.grad(loss, wanted, allow_unused=True)
    gradients = [
        torch.zeros_like(of) if gradient is None else gradient for of, gradient in zip(wanted, found, strict=True)
    ]
    by_weight = {id(weight): gradient for weight, gradient in zip(weights, gradients, strict=False)}
    return Passed(float(loss.detach()), by_weight, values, dict(zip(known, gradients[len(weights) :], strict=True)))


def learning_layers(scene: Scene) -> dict[str, list[nn.Parameter]]:
    """Return the weights of every layer that training may change, in the order of the forward pass."""
    found = {
        layer: [weight for weight in named.values() if weight.requires_grad]
        for layer, named in weighted_layers(scene).items()
    }
    return {layer: weights for layer, weights in found.items() if weights}


def flow_of(layers: Mapping[str, list[nn.Parameter]], passed: Passed) -> Flow:
    """Sum up one pass back to the weights of some layers."""
    flows = tuple(
        LayerFlow(
            layer,
            length([passed.weights[id(weight)] for weight in weights]),
            length(list(weights)),
            sum(weight.numel() for weight in weights),
        )
        for layer, weights in layers.items()
    )
    return Flow(passed.loss, flows, {name: length([gradient]) for name, gradient in passed.signals.items()})


def length(tensors: list[Tensor]) -> float:
    """Return the Euclidean length of all numbers of some tensors together, added up in float64."""
    return math.sqrt(sum(float(tensor.detach().double().square().sum()) for tensor in tensors))
