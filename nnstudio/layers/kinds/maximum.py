"""Maximum: of two or more signals the largest, number by number."""

from __future__ import annotations

from functools import reduce

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import require_one_shape
from nnstudio.layers.code import Expression, Input, call
from nnstudio.layers.spec import LayerSpec, Port, Settings, Signal

TITLE = Words("Maximum", "取最大")


def shape(_p: Settings, *xs: Signal) -> Signal:
    """All shapes are equal."""
    return require_one_shape(TITLE, xs)


def line(_p: Settings) -> str:
    """What it does, in a word."""
    return tr("largest of its inputs")


def forward(_p: Settings, *xs: Signal) -> Expression:
    """torch.maximum from left to right."""
    signals: list[Expression] = [Input(index) for index in range(len(xs))]
    return reduce(lambda left, right: call("torch.maximum", left, right), signals)


SPEC = LayerSpec(
    kind="Maximum",
    title=TITLE,
    family="merge",
    place=6,
    stem="maximum_",
    summary=Words("Keeps the largest of its inputs, number by number.", "逐元素取各输入中的最大值。"),
    help=Words(
        "The inputs must have one shape. Over several Dense layers side by side it is maxout: an activation whose "
        "curve is learned, since the largest of several straight lines is a bent one. Only the largest input learns "
        "from a sample.",
        "各输入的形状必须相同。对几个并列的全连接层取最大就是 maxout：几条直线的最大值是一条折线，"
        "因此激活的曲线也是学来的。每个样本只让最大的那个输入得到学习。",
    ),
    formula=r"y = \max (x_1, x_2, \ldots)",
    source="Goodfellow, Warde-Farley, Mirza, Courville, Bengio: Maxout Networks, 2013",
    inputs=(Port("input", many=True),),
    shape=shape,
    line=line,
    forward=forward,
)
