"""Permute: the axes of a sample in another order."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Expression, Input, method
from nnstudio.layers.parameters import AxisNumbers
from nnstudio.layers.spec import LayerError, LayerSpec, ParamFix, Port, Settings, Signal, shape_text


def shape(p: Settings, x: Signal) -> Signal:
    """(a, b, c) -> (b, c, a) for axes 1, 2, 0."""
    if len(p.axes) != len(x.shape):
        turned = tuple(range(len(x.shape)))[::-1]
        fixes = (ParamFix(tr("Turn the order around: {axes}", axes=_text(turned)), {"axes": turned}),) if turned else ()
        raise LayerError(
            tr(
                "Permute names every axis once; it names {count}, and {shape} has {axes}.",
                count=len(p.axes),
                shape=shape_text(x.shape),
                axes=len(x.shape),
            ),
            *fixes,
        )
    return Signal(tuple(x.shape[axis] for axis in p.axes), x.element)


def _text(axes: tuple[int, ...]) -> str:
    return ", ".join(map(str, axes))


def line(p: Settings) -> str:
    """The new order."""
    return tr("axes {axes}", axes=_text(p.axes))


def forward(p: Settings, _x: Signal) -> Expression:
    """``x.permute(0, …)``: the batch stays first."""
    return method(Input(), "permute", 0, *(axis + 1 for axis in p.axes))


SPEC = LayerSpec(
    kind="Permute",
    title=Words("Permute", "轴重排"),
    family="shape",
    place=3,
    stem="permute_",
    summary=Words("Puts the axes in another order.", "改变各轴的顺序。"),
    help=Words(
        "Name the old axes in their new order; 0 is the first of a sample. With 1, 0 a sequence of steps × features "
        "becomes features × steps, as Conv1d wants it; with 1, 2, 0 the channels of an image go to the end.",
        "按新的顺序写出原来的轴，0 是样本的第一个轴。1, 0 把“步数 × 特征”的序列变成“特征 × 步数”，"
        "正合一维卷积的要求；1, 2, 0 把图像的通道移到最后。",
    ),
    formula=r"y_{i,j} = x_{j,i}",
    source="Harris and others: Array programming with NumPy, 2020",
    params=(
        AxisNumbers(
            name="axes",
            default=(1, 0),
            order=True,
            label=Words("Order of axes", "轴的顺序"),
            help=Words(
                "The old axes, each once, in their new order, such as 1, 2, 0.",
                "原来的各轴，每个一次，按新的顺序写，例如 1, 2, 0。",
            ),
        ),
    ),
    inputs=(Port("input", element=None),),
    outputs=(Port("output", element=None),),
    shape=shape,
    line=line,
    forward=forward,
)
