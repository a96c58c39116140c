"""Reshape: the numbers of a sample on other axes, in the same order."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.axes import regroup
from nnstudio.layers.code import Expression, Input, method
from nnstudio.layers.parameters import Axes
from nnstudio.layers.spec import LayerSpec, Port, Settings, Signal, shape_text


def shape(p: Settings, x: Signal) -> Signal:
    """(a, b, …) -> the shape that is wanted, with as many numbers."""
    return Signal(regroup(x.shape, p.shape, "shape")[0], x.element)


def line(p: Settings) -> str:
    """The new shape."""
    return shape_text(p.shape)


def forward(p: Settings, x: Signal) -> Expression:
    """``x.flatten(1).unflatten(1, shape)``, which needs no word of the batch."""
    row = method(Input(), "flatten", 1) if x.shape else method(Input(), "unsqueeze", 1)
    sizes = regroup(x.shape, p.shape, "shape")[1]
    if not sizes:
        return method(row, "squeeze", 1)
    return row if len(sizes) == 1 else method(row, "unflatten", 1, sizes)


SPEC = LayerSpec(
    kind="Reshape",
    title=Words("Reshape", "重塑形状"),
    family="shape",
    place=2,
    stem="reshape_",
    summary=Words("Puts the numbers of a sample on other axes.", "把一个样本的数重新排到别的轴上。"),
    help=Words(
        "The numbers keep their order, that of reading: along the last axis first. Only the lengths change, and "
        "multiplied they give the same count; one of them may be -1 and follows from the others. To swap axes, use "
        "Permute: reshaping would mix up what belongs together.",
        "数的顺序不变，仍按阅读顺序，先沿最后一个轴。改变的只是各轴长度，其乘积不变；其中一个可以写 -1，由其余推出。"
        "要交换轴请用“轴重排”：用重塑形状会把本属一起的数打乱。",
    ),
    formula=r"y_{k} = x_{k}, \quad k = 0, 1, 2, \ldots",
    source="Harris and others: Array programming with NumPy, 2020",
    params=(
        Axes(
            name="shape",
            default=(-1,),
            rest=True,
            label=Words("New shape", "新形状"),
            help=Words(
                "The lengths without the batch, such as 16, 5, 5; one may be -1.",
                "不含批次的各轴长度，例如 16, 5, 5；其中一个可以是 -1。",
            ),
        ),
    ),
    inputs=(Port("input", element=None),),
    outputs=(Port("output", element=None),),
    shape=shape,
    line=line,
    forward=forward,
)
