"""Unsqueeze: a new axis of length 1."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import axis_setting, place_between, torch_dim
from nnstudio.layers.code import Expression, Input, method
from nnstudio.layers.spec import LayerSpec, Port, Settings, Signal


def shape(p: Settings, x: Signal) -> Signal:
    """(a, b) -> (1, a, b), (a, 1, b) or (a, b, 1)."""
    at = place_between(x.shape, p.axis)
    return Signal((*x.shape[:at], 1, *x.shape[at:]), x.element)


def line(p: Settings) -> str:
    """The axis."""
    return tr("new axis {axis}", axis=p.axis)


def forward(p: Settings, _x: Signal) -> Expression:
    """``x.unsqueeze(dim)``."""
    return method(Input(), "unsqueeze", torch_dim(p.axis))


SPEC = LayerSpec(
    kind="Unsqueeze",
    title=Words("Unsqueeze", "添加轴"),
    family="shape",
    place=6,
    stem="unsqueeze_",
    summary=Words("Adds an axis of length 1.", "添加一个长度为 1 的轴。"),
    help=Words(
        "A grey image of 28 × 28 becomes one channel of 28 × 28, as convolution wants it; 16 factors for 16 maps "
        "become 16 × 1 × 1, so that Multiply can stretch them over the maps.",
        "28 × 28 的灰度图像变成一个通道的 1 × 28 × 28，正合卷积的要求；16 张图的 16 个系数变成 16 × 1 × 1，"
        "“相乘”就能把它们扩展到整张图上。",
    ),
    formula=r"y_{i,0} = x_{i}",
    source="Harris and others: Array programming with NumPy, 2020",
    params=(
        axis_setting(
            Words("Axis", "轴"),
            Words(
                "Where the new axis stands in the result: 0 is the first, -1 the last.",
                "新轴在结果中的位置：0 是第一个，-1 是最后一个。",
            ),
        ),
    ),
    inputs=(Port("input", element=None),),
    outputs=(Port("output", element=None),),
    shape=shape,
    line=line,
    forward=forward,
)
