"""Unflatten: one axis taken apart into several, as Flatten had joined them."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import regroup, torch_place
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import MAX_AXES, Axes, Int
from nnstudio.layers.spec import LayerError, LayerSpec, Port, Settings, Shape, Signal, shape_text


def sizes(p: Settings, x: Signal) -> tuple[int, Shape, tuple[int, ...]]:
    """Return which axis is taken apart, its new lengths, and the same as torch takes them."""
    place = torch_place(x.shape, p.dim)
    if not p.unflattened_size:
        raise LayerError(tr("Unflatten needs the lengths that the axis shall have; none are given."))
    return place, *regroup(x.shape[place : place + 1], p.unflattened_size, "unflattened_size")


def shape(p: Settings, x: Signal) -> Signal:
    """(…, a·b, …) -> (…, a, b, …)."""
    place, lengths, _ = sizes(p, x)
    return Signal((*x.shape[:place], *lengths, *x.shape[place + 1 :]), x.element)


def line(p: Settings) -> str:
    """The new lengths."""
    return shape_text(p.unflattened_size)


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.Unflatten."""
    return call("nn.Unflatten", p.dim, sizes(p, x)[2])


SPEC = LayerSpec(
    kind="Unflatten",
    title=Words("Unflatten", "反展平"),
    family="shape",
    place=4,
    stem="unflatten_",
    summary=Words("Takes one axis apart into several.", "把一个轴拆成多个轴。"),
    help=Words(
        "Undoes Flatten: a row of 400 numbers becomes 16 maps of 5 by 5, as at the start of a decoder. The lengths "
        "multiplied give the length of the axis; one of them may be -1 and follows from the others.",
        "展平的逆操作：一行 400 个数变成 16 张 5×5 的图，解码器开头常用。各长度之积等于原轴的长度；"
        "其中一个可以写 -1，由其余长度推出。",
    ),
    formula=r"y_{c,i,j} = x_{(c H + i) W + j}",
    source="PyTorch documentation: torch.nn.Unflatten",
    params=(
        Int(
            name="dim",
            default=1,
            low=-MAX_AXES,
            high=MAX_AXES,
            label=Words("Axis", "轴"),
            help=Words(
                "The axis that is taken apart. Like torch's, it counts the batch as 0, so 1 is the first of a sample.",
                "要拆开的轴。与 torch 一样，批次算第 0 轴，所以 1 是样本的第一个轴。",
            ),
        ),
        Axes(
            name="unflattened_size",
            default=(1, -1),
            rest=True,
            label=Words("New lengths", "新的长度"),
            help=Words("Such as 16, 5, 5; one may be -1.", "例如 16, 5, 5；其中一个可以是 -1。"),
        ),
    ),
    inputs=(Port("input", element=None),),
    outputs=(Port("output", element=None),),
    shape=shape,
    line=line,
    module=module,
)
