"""GlobalAvgPool2d: the mean of every map, one number per channel."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Expression, Input, method
from nnstudio.layers.images import image_of
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Global average pool", "全局平均池化")


def shape(_p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C,)."""
    return Signal((image_of(TITLE, x.shape)[0],))


def line(_p: Settings) -> str:
    """What it does, in a word."""
    return tr("mean per map")


def forward(_p: Settings, _x: Signal) -> Expression:
    """The mean over height and width."""
    return method(Input(0), "mean", dim=(2, 3))


SPEC = LayerSpec(
    kind="GlobalAvgPool2d",
    title=TITLE,
    family="pool",
    place=3,
    stem="pool_",
    summary=Words("Averages every map to one number.", "把每张特征图平均成一个数。"),
    help=Words(
        "Every channel becomes the mean of its map: what was found, no matter where. The result is a row, so a Dense "
        "layer can follow at once, without Flatten, and images of any size fit. It has no weights and so cannot "
        "overfit, unlike the large Dense layers it replaced.",
        "每个通道变成其特征图的平均值：找到了什么，而不问在哪里。结果是一行数，无需展平即可直接接全连接层，"
        "图像大小也不限。它没有权重，不会像被它取代的大型全连接层那样过拟合。",
    ),
    formula=r"y_{c} = \frac{1}{H W} \sum_{i=1}^{H} \sum_{j=1}^{W} x_{c,i,j}",
    source="Lin, Chen, Yan: Network In Network, 2013",
    shape=shape,
    line=line,
    forward=forward,
)
