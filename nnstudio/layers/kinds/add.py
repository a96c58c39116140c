"""Add: the sum of two or more signals of one shape, as at the end of a residual block."""

from __future__ import annotations

from functools import reduce

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Expression, Infix, Input
from nnstudio.layers.spec import LayerError, LayerSpec, Port, Settings, Signal, shape_text


def shape(_p: Settings, *xs: Signal) -> Signal:
    """All shapes are equal; torch would stretch unequal ones silently, here they are an error."""
    for x in xs[1:]:
        if x.shape != xs[0].shape:
            raise LayerError(
                tr(
                    "Add needs inputs of one shape; it gets {first} and {other}.",
                    first=shape_text(xs[0].shape),
                    other=shape_text(x.shape),
                )
            )
    return xs[0]


def line(_p: Settings) -> str:
    """What it does, in a word."""
    return tr("sum of its inputs")


def forward(_p: Settings, *xs: Signal) -> Expression:
    """Sum from left to right."""
    terms: list[Expression] = [Input(index) for index in range(len(xs))]
    return reduce(lambda left, right: Infix("+", left, right), terms)


SPEC = LayerSpec(
    kind="Add",
    title=Words("Add", "相加"),
    family="merge",
    place=1,
    stem="add_",
    summary=Words("Adds its inputs, number by number.", "把各个输入逐元素相加。"),
    help=Words(
        "The inputs must have one shape. Adding a layer's input to its output makes a residual connection: "
        "the layer then only learns what to change.",
        "各输入的形状必须相同。把一层的输入加到它的输出上，就得到残差连接：这一层只需学习要改变的部分。",
    ),
    formula=r"y = x_1 + x_2 + \cdots",
    source="He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015",
    inputs=(Port("input", many=True),),
    shape=shape,
    line=line,
    forward=forward,
)
