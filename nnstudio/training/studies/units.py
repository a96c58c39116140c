"""Dead and saturated units: those that learn nothing as their activation function is flat where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from nnstudio.training.studies.base import Study
from nnstudio.training.studies.samples import probe_rows

if TYPE_CHECKING:
    from torch import Tensor, nn

    from nnstudio.training.studies.base import Scene

ROWS = 128
"""Training samples that units are tried on."""

EDGE: Final = 0.05
"""Part of a function's range, at each end, where a value counts as saturated."""

MOST: Final = 0.95
"""A unit is saturated when at least this share of its values is."""

_RANGES: Final = {
    "Sigmoid": (0.0, 1.0),
    "Tanh": (-1.0, 1.0),
    "Hardtanh": (-1.0, 1.0),
    "ReLU6": (0.0, 6.0),
    "RNN": (-1.0, 1.0),
    "LSTM": (-1.0, 1.0),
    "GRU": (-1.0, 1.0),
}
"""Classes of torch.nn whose values stay in a range."""

_CUT: Final = frozenset({"ReLU", "ReLU6", "Threshold", "Step"})
"""Classes that give exactly 0 for half of all numbers and have no slope there."""


class LayerUnits(msgspec.Struct, frozen=True):
    """The units of one layer: numbers of a vector, channels of maps, features of a sequence.

    Attributes:
        layer: its name; of a layer in a block its path.
        units: how many.
        dead: share that gave 0 for every sample, at every place.
        saturated: share that were at an end of the function's range nearly always; None where it has no range.
    """

    layer: str
    units: int
    dead: float
    saturated: float | None


class UnitsStudy(Study, frozen=True):
    """How many units are dead or saturated?

    Attributes:
        layer: another layer to look at, by its name; empty for none.
        rows: training samples at most.
    """

    layer: str = ""
    rows: int = ROWS

    def see(self, scene: Scene) -> tuple[LayerUnits, ...]:
        """Try the samples, as in evaluation; activation functions and recurrent layers in the order of the pass."""
        return units(scene, self.rows, self.layer)


def units(scene: Scene, rows: int = ROWS, layer: str = "") -> tuple[LayerUnits, ...]:
    """Count the units of every activation function and recurrent layer, and of ``layer``."""
    kinds = {path: type(part).__name__ for path, part in _modules(scene).items()}
    inputs, _ = scene.batch(probe_rows(scene.dataset, rows))
    found: dict[str, LayerUnits] = {}

    def visit(name: str, value: Tensor) -> None:
        kind = kinds.get(name, "")
        wanted = kind in _RANGES or kind in _CUT or name == layer
        if wanted and name not in found and value.is_floating_point() and value.dim() > 1:
            found[name] = _count(name, value, _RANGES.get(kind))

    with scene.untouched():
        scene.inside.look(inputs, visit)
    return tuple(found.values())


def _modules(scene: Scene) -> dict[str, nn.Module]:
    """Return the modules by the names that their values go by; a layer that shares weights has another's module."""
    graph = scene.inside.graph
    known = dict(scene.module.named_modules())
    found = {str(node.target): known[str(node.target)] for node in graph.nodes if node.op == "call_module"}
    for node in graph.nodes:
        name = str(node.meta.get("layer", ""))
        # A block goes by the name of its last layer's value; that layer has a name of its own.
        if node.op == "call_module" and name and not str(node.target).startswith(f"{name}."):
            found.setdefault(name, known[str(node.target)])
    return found


def _count(name: str, value: Tensor, ends: tuple[float, float] | None) -> LayerUnits:
    rows = value.flatten(0, -2) if value.dim() in (2, 3) else value.movedim(1, -1).flatten(0, -2)
    dead = float((rows == 0).all(dim=0).double().mean())
    if ends is None:
        return LayerUnits(name, rows.shape[1], dead, None)
    low, high = ends
    margin = EDGE * (high - low)
    flat = (rows <= low + margin) | (rows >= high - margin)
    return LayerUnits(name, rows.shape[1], dead, float((flat.double().mean(dim=0) >= MOST).double().mean()))
