"""LayerSpec: everything NN Studio knows of one kind of layer, and the words it is said in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from msgspec.structs import force_setattr

from nnstudio.core.graph import Value
from nnstudio.core.problem import Fix
from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Apply, Call, Expression
from nnstudio.layers.parameters import Parameter
from nnstudio.layers.weights import FROZEN, START, START_SCALE

Dim = int | str
"""The length of one axis; a string names a length that is free, such as ``"T"``."""

Shape = tuple[Dim, ...]
"""A shape without its batch axis."""

Element = Literal["real", "index"]
"""What a tensor holds: float32 numbers, or int64 positions in a table."""

FAMILIES: Mapping[str, Words] = {
    "io": Words("Input & output", "输入与输出"),
    "dense": Words("Dense", "全连接"),
    "conv": Words("Convolution", "卷积"),
    "pool": Words("Pooling", "池化"),
    "norm": Words("Normalisation", "归一化"),
    "act": Words("Activation", "激活函数"),
    "merge": Words("Residual & merge", "残差与合并"),
    "rec": Words("Recurrent", "循环"),
    "attn": Words("Attention", "注意力"),
    "shape": Words("Shape", "形状"),
    "gen": Words("Noise & sampling", "噪声与采样"),
    "classic": Words("Classic networks", "经典网络"),
}
"""Families in the palette's order; a family's colour and icon go by the key."""


class Signal(msgspec.Struct, frozen=True):
    """What flows along a wire: the shape of one sample and its element type."""

    shape: Shape
    element: Element = "real"


class Port(msgspec.Struct, frozen=True):
    """A place where wires end or start.

    A ``many`` input takes any number of wires, two or more; its ports are called ``input_1``, ``input_2``…
    An ``optional`` input may stay without a wire; the layer's rules then get None in place of its signal.
    """

    name: str = "input"
    element: Element | None = "real"
    many: bool = False
    optional: bool = False


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a layer costs for one sample.

    Attributes:
        parameters: trained numbers.
        buffers: numbers that are kept but not trained, such as running means.
        macs: multiply-adds of one forward pass; None where a length is free.
        arithmetic: how the parameters come about, such as ``16·(16·3·3) + 16``; empty without parameters.
        connections: wires from number to number, as early papers count them; None where they are the multiply-adds
            and one for every bias that is added.
    """

    parameters: int = 0
    buffers: int = 0
    macs: int | None = 0
    arithmetic: str = ""
    connections: int | None = None


class LayerError(ValueError):
    """What a shape rule raises when a layer cannot work on its inputs.

    The message reads as a sentence in the current language; fixes mend the node it happened at.
    """

    def __init__(self, message: str, *fixes: ParamFix) -> None:
        super().__init__(message)
        self.fixes = fixes


class ParamFix(msgspec.Struct, frozen=True):
    """A mend that sets parameters of the node itself."""

    label: str
    params: Mapping[str, Value]


class Settings:
    """The checked parameters of one node, as attributes."""

    __slots__ = ("__dict__",)

    def __init__(self, values: Mapping[str, object]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"this layer has no parameter {name!r}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Settings) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.items()))

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


ShapeRule = Callable[..., "Signal | tuple[Signal, ...]"]
CostRule = Callable[..., Cost]
ModuleRule = Callable[..., Call]
ForwardRule = Callable[..., "Expression | tuple[Expression, ...]"]
WindowRule = Callable[[Settings], "tuple[tuple[int, int], tuple[int, int]]"]


def free_cost(_settings: Settings, *_inputs: Signal) -> Cost:
    """Cost of a layer that has no weights and multiplies nothing."""
    return Cost()


def no_line(_settings: Settings) -> str:
    """Settings line of a layer that has nothing to say."""
    return ""


def nothing_then(_settings: Settings) -> str:
    """``then`` of a layer whose biases all start at zero."""
    return ""


def same_shape(_settings: Settings, x: Signal) -> Signal:
    """Shape rule of a layer that works on every number by itself."""
    return x


def apply_module(_settings: Settings, *_inputs: Signal) -> Expression:
    """Forward rule of a layer that is one module."""
    return Apply()


class LayerSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of layer, whole. Rules get the checked `Settings` first, then one `Signal` per input port.

    Attributes:
        kind: torch.nn's name where one exists; what files and code say.
        title: what the palette and the card say.
        family: a key of `FAMILIES`.
        place: where it stands among its family in the palette, from 1.
        stem: what the names of new nodes begin with; ends in ``_``.
        summary: one line under the title in the inspector.
        help: a paragraph for a student: what it does, when to use it.
        formula: TeX (what ziamath understands); empty when there is nothing to write.
        source: paper or book that the formula follows.
        params: settings in the order of the form, by torch's names.
        inputs, outputs: ports from top to bottom.
        shape: ``(settings, *signals) -> Signal`` or one per output; raises `LayerError`.
        cost: ``(settings, *signals) -> Cost``.
        line: one short line of settings for the card, such as ``16 @ 3×3``.
        module: ``(settings, *signals) -> Call`` that constructs the module; None for layers without one.
        forward: ``(settings, *signals) -> Expression``, or one per output.
        window: ``settings -> (kernel, stride)`` of layers that look at a neighbourhood, for receptive fields.
        weights: whether people choose what its weights start from and may freeze them; adds those settings to
            ``params``.
        then: ``settings ->`` the method of its module to call after other starting weights are set, as for biases
            that do not start at zero; empty for none.
        alone: ``forward`` for its first output, where nothing needs the others and that saves work.
    """

    kind: str
    title: Words
    family: str
    place: int = 100
    stem: str
    summary: Words
    help: Words
    formula: str = ""
    source: str = ""
    params: tuple[Parameter, ...] = ()
    inputs: tuple[Port, ...] = (Port("input"),)
    outputs: tuple[Port, ...] = (Port("output"),)
    shape: ShapeRule
    cost: CostRule = free_cost
    line: Callable[[Settings], str] = no_line
    module: ModuleRule | None = None
    forward: ForwardRule = apply_module
    window: WindowRule | None = None
    weights: bool = False
    then: Callable[[Settings], str] = nothing_then
    alone: Callable[..., Expression] | None = None
    _by_name: Mapping[str, Parameter] = {}
    _defaults: Mapping[str, object] = {}

    def __post_init__(self) -> None:
        if self.weights:
            force_setattr(self, "params", (*self.params, START, START_SCALE, FROZEN))
        force_setattr(self, "_by_name", {param.name: param for param in self.params})
        force_setattr(self, "_defaults", {param.name: param.check(param.default) for param in self.params})

    def settings(self, params: Mapping[str, Value]) -> Settings:
        """Check what a node says and fill in the defaults.

        Raises:
            ValueError: a parameter is unknown or has a value that cannot be; says what was expected and what came.
        """
        values = dict(self._defaults)
        for name, value in params.items():
            parameter = self._by_name.get(name)
            if parameter is None:
                raise ValueError(
                    tr(
                        "{kind} has no parameter {name!r}; it has {known}.",
                        kind=self.kind,
                        name=name,
                        known=", ".join(self._by_name) or tr("none"),
                    )
                )
            values[name] = parameter.check(value)
        return Settings(values)

    @property
    def parameters_by_name(self) -> Mapping[str, Parameter]:
        """The parameters by torch's names."""
        return self._by_name


def shape_text(shape: Shape) -> str:
    """Write a shape as people read it: ``16 × 32 × 32``."""
    return " × ".join(str(length) for length in shape) if shape else tr("one number")


def count_elements(shape: Shape) -> int | None:
    """Multiply the lengths of a shape; None where one is free."""
    total = 1
    for length in shape:
        if isinstance(length, str):
            return None
        total *= length
    return total


__all__ = [
    "FAMILIES",
    "Cost",
    "Dim",
    "Element",
    "Fix",
    "LayerError",
    "LayerSpec",
    "ParamFix",
    "Parameter",
    "Port",
    "Settings",
    "Shape",
    "Signal",
    "apply_module",
    "count_elements",
    "free_cost",
    "same_shape",
    "shape_text",
]
