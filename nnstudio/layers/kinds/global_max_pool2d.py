"""GlobalMaxPool2d: the largest value of every map, one number per channel."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Expression, Input, method
from nnstudio.layers.images import image_of
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Global max pool", "全局最大池化")


def shape(_p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C,)."""
    return Signal((image_of(TITLE, x.shape)[0],))


def line(_p: Settings) -> str:
    """What it does, in a word."""
    return tr("largest per map")


def forward(_p: Settings, _x: Signal) -> Expression:
    """The maximum over height and width."""
    return method(Input(0), "amax", dim=(2, 3))


SPEC = LayerSpec(
    kind="GlobalMaxPool2d",
    title=TITLE,
    family="pool",
    place=4,
    stem="pool_",
    summary=Words("Keeps the largest value of every map.", "只保留每张特征图的最大值。"),
    help=Words(
        "Every channel becomes the strongest answer anywhere in its map: whether a pattern occurs at all. The mean "
        "asks how much of it there is. The result is a row, so a Dense layer can follow at once.",
        "每个通道变成其特征图中最强的响应：图样究竟有没有出现；而平均值问的是有多少。结果是一行数，可直接接全连接层。",
    ),
    formula=r"y_{c} = \max_{i,j} \; x_{c,i,j}",
    source="Oquab, Bottou, Laptev, Sivic: Is Object Localization for Free?, 2015",
    shape=shape,
    line=line,
    forward=forward,
)
