"""Signs: a few cheap numbers on a network between two steps, from which illnesses can be told."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import torch
from torch import Tensor, fx, nn
from torch.utils.hooks import RemovableHandle

from nnstudio.training.inside import Inside
from nnstudio.training.studies.base import Scene
from nnstudio.training.studies.samples import probe_rows
from nnstudio.training.studies.units import ROWS, LayerUnits, count_units, gives_maps, is_curve, range_of
from nnstudio.training.tasks.base import first

_NORMS = (
    nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm1d, nn.InstanceNorm2d
)  # fmt: skip
_BY_BATCH = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
_DROPPING = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout)


class WeightSigns(msgspec.Struct, frozen=True):
    """A weight matrix.

    Attributes:
        layer: the path of the layer that it belongs to.
        size: root of its mean square.
        gradient: root of its gradient's mean square; None where it has none.
        alike: whether all units of the layer have the same weights, and there are several.
        trained: whether training may change it.
    """

    layer: str
    size: float
    gradient: float | None
    alike: bool
    trained: bool


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """One look.

    Attributes:
        step: training steps done.
        loss: on the samples looked at, as in training.
        units: activation and recurrent layers, in the order of the network.
        weights: weight matrices, in the order of the network.
        answers: share of the class that is answered most often; None without classes.
        gradient: length of the whole gradient of the weight matrices; None where there is none.
        squeezed: whether the scores of classes are shares already: none below 0, and adding up to 1.
        normed: whether the first layer with weights is a normalisation.
        moved: how far the step after this look took each matrix, by its own size; the median over their numbers. None
            if not known.
    """

    step: int
    loss: float
    units: tuple[LayerUnits, ...]
    weights: tuple[WeightSigns, ...]
    answers: float | None = None
    gradient: float | None = None
    squeezed: bool = False
    normed: bool = False
    moved: float | None = None


def look(scene: Scene, *, gradients: bool) -> Signs:
    """Measure a network in training, which is left as it was.

    Args:
        scene: the network between two steps.
        gradients: whether the learner follows gradients, so that they are worth a way back.
    """
    inputs, targets = scene.batch(probe_rows(scene.dataset, ROWS))
    units: list[LayerUnits] = []
    with scene.untouched(training=True), torch.enable_grad():
        hooks = _listen(scene, units)
        try:
            output = scene.module(inputs)
        finally:
            for hook in hooks:
                hook.remove()
        named = [(name, weight) for name, weight in scene.module.named_parameters() if weight.ndim > 1]
        trained = [weight for _, weight in named if weight.requires_grad]
        loss = scene.objective.loss(output, targets)
        known: dict[int, Tensor | None] = {}
        if gradients and trained and loss.requires_grad:
            found = torch.autograd.grad(loss, trained, allow_unused=True)
            known = {id(weight): gradient for weight, gradient in zip(trained, found, strict=True)}
    return Signs(
        step=scene.step,
        loss=float(loss.detach()),
        units=tuple(units),
        weights=tuple(_weight(name, weight, known.get(id(weight))) for name, weight in named),
        answers=_answers(scene, first(output).detach()),
        gradient=_length([gradient for gradient in known.values() if gradient is not None]),
        squeezed=_are_shares(scene, first(output).detach()),
        normed=_begins_with_norm(scene.inside),
    )


def copy_weights(module: nn.Module) -> list[Tensor]:
    """Return copies of all trained weight matrices."""
    return [weight.detach().clone() for weight in _matrices(module)]


def moved(module: nn.Module, before: list[Tensor]) -> float | None:
    """Return how far the matrices went from ``before``, by their own size: the median over all numbers in them.

    A matrix of two or three numbers, which may well come near 0 on its way, so counts no more than they do.
    """
    shares: list[tuple[float, int]] = []
    for weight, old in zip(_matrices(module), before, strict=True):
        size = float(old.norm())
        if size > 0:
            shares.append((float((weight.detach() - old).norm()) / size, weight.numel()))
    half = sum(count for _, count in shares) / 2
    for share, count in sorted(shares):
        half -= count
        if half <= 0:
            return share
    return None


def largest_dropout(module: nn.Module) -> tuple[float, str]:
    """Return the largest share that a layer drops out, and the layer; 0 and nothing where none does."""
    found = [(layer.p, name) for name, layer in module.named_modules() if isinstance(layer, _DROPPING)]
    return max(found, default=(0.0, ""))


def count_batch_norms(module: nn.Module) -> int:
    """Return how many layers normalise by the batch."""
    return sum(isinstance(layer, _BY_BATCH) for layer in module.modules())


def bounds_of(module: nn.Module) -> tuple[float, float] | None:
    """Return between which values the answers of a network lie, by its last layer; None where nothing binds them."""
    graph = Inside(module).graph
    (given,) = next(node for node in graph.nodes if node.op == "output").args
    if not isinstance(given, fx.Node):
        return None
    layer = module.get_submodule(str(given.target)) if given.op == "call_module" else None
    if isinstance(layer, nn.ReLU):
        return 0.0, math.inf
    if isinstance(layer, nn.Softmax):
        return 0.0, 1.0
    return None if layer is None else range_of(layer)


def _matrices(module: nn.Module) -> list[Tensor]:
    return [weight for weight in module.parameters() if weight.ndim > 1 and weight.requires_grad]


def _weight(name: str, weight: Tensor, gradient: Tensor | None) -> WeightSigns:
    values = weight.detach()
    rows = values.reshape(len(values), -1)
    alike = len(rows) > 1 and bool((rows == rows[0]).all())
    return WeightSigns(
        layer=name.rpartition(".")[0],
        size=_rms(values),
        gradient=None if gradient is None else _rms(gradient),
        alike=alike,
        trained=weight.requires_grad,
    )


def _rms(values: Tensor) -> float:
    return float(values.double().square().mean().sqrt())


def _answers(scene: Scene, scores: Tensor) -> float | None:
    if scene.dataset.task != "classification" or scores.ndim != 2 or scores.shape[1] < 2:
        return None
    return float(scores.argmax(1).bincount().max()) / len(scores)


def _are_shares(scene: Scene, scores: Tensor) -> bool:
    if scene.dataset.task != "classification" or scores.ndim != 2 or scores.shape[1] < 2:
        return False
    return bool((scores >= 0).all() and ((scores.sum(1) - 1).abs() < 1e-3).all())


def _length(gradients: list[Tensor]) -> float | None:
    return float(sum(gradient.double().square().sum() for gradient in gradients)) ** 0.5 if gradients else None


def _listen(scene: Scene, units: list[LayerUnits]) -> list[RemovableHandle]:
    """Let every activation and recurrent layer be measured when the network is used, into ``units``."""
    hooks = []
    for node in scene.inside.graph.nodes:
        if node.op != "call_module":
            continue
        layer = scene.module.get_submodule(str(node.target))
        if is_curve(layer):
            hooks.append(layer.register_forward_hook(_hook(scene.module, node, units)))
    return hooks


def _hook(
    module: nn.Module, node: fx.Node, units: list[LayerUnits]
) -> Callable[[nn.Module, tuple[object, ...], object], None]:
    name, maps = str(node.target), gives_maps(module, node)

    def take(layer: nn.Module, _inputs: tuple[object, ...], given: object) -> None:
        value = given[0] if isinstance(given, tuple) else given  # a recurrent layer gives its last state, too
        assert isinstance(value, Tensor)
        if value.dim() > 1:
            units.append(count_units(name, value.detach(), layer, maps=maps))

    return take


def _begins_with_norm(inside: fx.Interpreter) -> bool:
    for node in inside.graph.nodes:
        if node.op == "call_module":
            layer = inside.fetch_attr(str(node.target))
            if any(True for _ in layer.parameters()) or isinstance(layer, _NORMS):
                return isinstance(layer, _NORMS)
    return False
