"""Squeeze: an axis of length 1 taken away."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import axis_setting, place, take_axis, torch_dim
from nnstudio.layers.code import Expression, Input, method
from nnstudio.layers.spec import LayerError, LayerSpec, Port, Settings, Signal, shape_text


def shape(p: Settings, x: Signal) -> Signal:
    """(…, 1, …) -> (…, …)."""
    at = place(x.shape, p.axis)
    if x.shape[at] != 1:
        raise LayerError(
            tr(
                "Squeeze takes away an axis of length 1; axis {axis} of {shape} has length {length}.",
                axis=p.axis,
                shape=shape_text(x.shape),
                length=x.shape[at],
            ),
            *(take_axis(other) for other, length in enumerate(x.shape) if length == 1),
        )
    return Signal((*x.shape[:at], *x.shape[at + 1 :]), x.element)


def line(p: Settings) -> str:
    """The axis."""
    return tr("without axis {axis}", axis=p.axis)


def forward(p: Settings, _x: Signal) -> Expression:
    """``x.squeeze(dim)``."""
    return method(Input(), "squeeze", torch_dim(p.axis))


SPEC = LayerSpec(
    kind="Squeeze",
    title=Words("Squeeze", "压缩轴"),
    family="shape",
    place=5,
    stem="squeeze_",
    summary=Words("Takes away an axis of length 1.", "去掉长度为 1 的轴。"),
    help=Words(
        "After a global pooling a map is a single pixel: 16 × 1 × 1. Squeezing axis -1 twice leaves the 16 numbers. "
        "The axis is named, so that no other one of length 1 goes by accident.",
        "全局池化之后每张图只剩一个像素：16 × 1 × 1。对第 -1 轴压缩两次，就剩 16 个数。"
        "由于指明了轴，不会误去掉其他长度为 1 的轴。",
    ),
    formula=r"y_{i} = x_{i,0}",
    source="Harris and others: Array programming with NumPy, 2020",
    params=(
        axis_setting(
            Words("Axis", "轴"),
            Words(
                "Which axis of a sample goes: 0 is the first, -1 the last.",
                "去掉样本的哪个轴：0 是第一个，-1 是最后一个。",
            ),
        ),
    ),
    inputs=(Port("input", element=None),),
    outputs=(Port("output", element=None),),
    shape=shape,
    line=line,
    forward=forward,
)
