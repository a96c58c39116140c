"""Dead and saturated units: those that learn nothing as their activation function is flat where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from nnstudio.training.studies.base import Study
from nnstudio.training.studies.samples import probe_rows

if TYPE_CHECKING:
    from torch import Tensor, fx, nn

    from nnstudio.training.studies.base import Scene

ROWS: Final = 64
"""Training samples that units are tried on; the diagnosis looks at as many."""

EDGE: Final = 0.05
"""Part of a function's range, at each end, where a value counts as saturated."""

MOST: Final = 0.75
"""A unit is saturated when at least this share of its values is."""

RANGES: Final = {
    "Sigmoid": (0.0, 1.0),
    "Tanh": (-1.0, 1.0),
    "ScaledTanh": (-1.7159, 1.7159),
    "Hardtanh": (-1.0, 1.0),
    "ReLU6": (0.0, 6.0),
    "RNN": (-1.0, 1.0),
    "LSTM": (-1.0, 1.0),
    "GRU": (-1.0, 1.0),
}
"""Classes of layers whose values stay in a range."""

CUT: Final = frozenset({"ReLU", "ReLU6", "Threshold", "Step"})
"""Classes that give exactly 0 for half of all numbers and have no slope there."""


_ROWS_OF_CHANNELS: Final = frozenset(
    {
        "Conv1d",
        "ConvTranspose1d",
        "BatchNorm1d",
        "AvgPool1d",
        "MaxPool1d",
        "AdaptiveAvgPool1d",
        "AdaptiveMaxPool1d",
    }
)
"""Classes of layers that give channels before places, ``(N, C, L)``, where a sequence is ``(N, T, C)``."""

_KEEPS_AXES: Final = frozenset(
    {"add", "mul", "sub", "maximum", "LeakyReLU", "ELU", "GELU", "SiLU", "Dropout", "GaussianNoise"}
)
"""Further functions and classes behind which the axes mean what they meant before; activation functions do, too."""


class LayerUnits(msgspec.Struct, frozen=True):
    """The units of one layer: numbers of a vector, channels of maps, features of a sequence.

    Attributes:
        layer: its name; of a layer in a block its path.
        units: how many.
        dead: share that gave 0 for every sample, at every place.
        saturated: share that were mostly at an end of the function's range; None where it has none. The end at 0 of
            what gives 0 for half of all numbers is none: those units are silent.
        cut: whether a unit that gives 0 has no slope, so that a dead one learns nothing.
    """

    layer: str
    units: int
    dead: float
    saturated: float | None
    cut: bool = False


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
    nodes = _nodes(scene)
    modules = {name: scene.module.get_submodule(str(node.target)) for name, node in nodes.items()}
    inputs, _ = scene.batch(probe_rows(scene.dataset, rows))
    found: dict[str, LayerUnits] = {}

    def visit(name: str, value: Tensor) -> None:
        wanted = name == layer or (name in modules and is_curve(modules[name]))
        if wanted and name not in found and value.is_floating_point() and value.dim() > 1:
            maps = name in nodes and gives_maps(scene.module, nodes[name])
            found[name] = count_units(name, value, modules.get(name), maps=maps)

    with scene.untouched():
        scene.inside.look(inputs, visit)
    return tuple(found.values())


def _nodes(scene: Scene) -> dict[str, fx.Node]:
    """Return the calls of modules by the names of their values; a layer that shares weights calls another's module."""
    calls = [node for node in scene.inside.graph.nodes if node.op == "call_module"]
    found = {str(node.target): node for node in calls}
    for node in calls:
        name = str(node.meta.get("layer", ""))
        # A block goes by the name of its last layer's value; that layer has a name of its own.
        if name and not str(node.target).startswith(f"{name}."):
            found.setdefault(name, node)
    return found


def gives_maps(module: nn.Module, node: fx.Node) -> bool:
    """Whether what a call gives, where it has three axes, are maps ``(N, C, L)`` and no sequence ``(N, T, C)``."""
    before: fx.Node | None = node
    while before is not None:
        part = module.get_submodule(str(before.target)) if before.op == "call_module" else None
        name = getattr(before.target, "__name__", str(before.target)) if part is None else type(part).__name__
        if name in _ROWS_OF_CHANNELS:
            return True
        passes = name in _KEEPS_AXES or (part is not None and is_curve(part) and name not in ("RNN", "LSTM", "GRU"))
        before = next(iter(before.all_input_nodes), None) if passes else None
    return False


def range_of(part: nn.Module) -> tuple[float, float] | None:
    """Return between which values those of a layer stay; None where nothing binds them."""
    return None if _rectifies(part) else RANGES.get(type(part).__name__)


def is_curve(part: nn.Module) -> bool:
    """Whether units of a layer can be dead or saturated."""
    return type(part).__name__ in RANGES or type(part).__name__ in CUT


def _rectifies(part: nn.Module) -> bool:
    return getattr(part, "nonlinearity", "") == "relu"  # as a recurrent layer may


def count_units(name: str, value: Tensor, part: nn.Module | None, *, maps: bool = False) -> LayerUnits:
    """Count the dead and the saturated units of a layer.

    Args:
        name: of the layer.
        value: what it gave: vectors ``(N, C)``, sequences ``(N, T, C)`` or maps ``(N, C, ...)``.
        part: the layer; None where its values are not those of one module.
        maps: whether three axes are those of maps, see `gives_maps`.
    """
    features_last = value.dim() == 2 or (value.dim() == 3 and not maps)
    rows = (value if features_last else value.movedim(1, -1)).flatten(0, -2)
    dead = float((rows == 0).all(dim=0).double().mean())
    ends = None if part is None else range_of(part)
    cut = part is not None and (type(part).__name__ in CUT or _rectifies(part))
    saturated = None
    if ends is not None:
        margin = EDGE * (ends[1] - ends[0])
        flat = rows >= ends[1] - margin
        if not cut:
            flat |= rows <= ends[0] + margin
        saturated = float((flat.double().mean(dim=0) >= MOST).double().mean())
    return LayerUnits(name, rows.shape[1], dead, saturated, cut)
