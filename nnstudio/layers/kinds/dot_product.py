"""DotProduct: how far two vectors agree, as one number."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import require_one_shape
from nnstudio.layers.code import Expression, Infix, Input, method
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Port, Settings, Signal, count_elements

TITLE = Words("Dot product", "点积")


def shape(_p: Settings, x: Signal, other: Signal) -> Signal:
    """(…, D), (…, D) -> (…)."""
    if not x.shape:
        raise LayerError(tr("Dot product needs two vectors; it gets one number."))
    return Signal(require_one_shape(TITLE, (x, other)).shape[:-1])


def cost(_p: Settings, x: Signal, _other: Signal) -> Cost:
    """One multiply-add for each pair of numbers."""
    return Cost(macs=count_elements(x.shape))


def line(_p: Settings) -> str:
    """What it does, in a word."""
    return tr("along the last axis")


def forward(_p: Settings, _x: Signal, _other: Signal) -> Expression:
    """``(x * other).sum(-1)``."""
    return method(Infix("*", Input(0), Input(1)), "sum", -1)


SPEC = LayerSpec(
    kind="DotProduct",
    title=TITLE,
    family="merge",
    place=8,
    stem="dot_",
    summary=Words("Says how far two vectors agree.", "衡量两个向量有多一致。"),
    help=Words(
        "Multiplies number by number along the last axis and adds it all up: large where both point the same way, "
        "zero where they have nothing in common. With a user's and a film's Embedding it guesses how the one likes "
        "the other. The last axis goes; a row of features leaves one number.",
        "沿最后一个轴逐元素相乘再求和：方向一致时大，毫不相关时为零。用用户与电影各自的嵌入，"
        "就能估计用户对电影的喜好。最后一个轴随之消失；一行特征只剩一个数。",
    ),
    formula=r"y = \sum_{i} a_{i} \, b_{i}",
    source="Koren, Bell, Volinsky: Matrix Factorization Techniques for Recommender Systems, 2009",
    inputs=(Port("input"), Port("other")),
    shape=shape,
    cost=cost,
    line=line,
    forward=forward,
)
