"""Dropout2d: while training, some channels of an image are left out as a whole."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.images import image_of
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Dropout 2d", "二维随机失活")


def shape(_p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, H, W)."""
    image_of(TITLE, x.shape)
    return x


def line(p: Settings) -> str:
    """How much is left out."""
    return tr("drops {share} % of maps", share=f"{100 * p.p:g}")


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.Dropout2d."""
    return call("nn.Dropout2d", p.p)


SPEC = LayerSpec(
    kind="Dropout2d",
    title=TITLE,
    family="norm",
    place=8,
    stem="dropout_",
    summary=Words("Leaves out whole channels by chance while training.", "训练时随机丢弃整个通道。"),
    help=Words(
        "Neighbouring pixels of a map are so alike that dropping single ones hides nothing. Here a whole channel "
        "becomes zero with the given probability, and the others grow to make up for it, so the layers behind cannot "
        "rely on a single pattern. After training nothing is dropped.",
        "特征图中相邻像素十分相似，只丢弃个别像素并不能隐藏信息。这里以给定的概率把整个通道变为零，其余通道相应放大，"
        "使后面的层不能只依赖某一种图样。训练结束后不丢弃。",
    ),
    formula=r"y_{c} = \frac{m_{c} \, x_{c}}{1 - p}, \quad m_{c} \sim \mathrm{Bernoulli}(1 - p)",
    source="Tompson and others: Efficient Object Localization Using Convolutional Networks, 2015",
    params=(
        Float(
            name="p",
            default=0.5,
            label=Words("Probability", "概率"),
            help=Words("The share of channels that is left out.", "被丢弃的通道所占的比例。"),
        ),
    ),
    shape=shape,
    line=line,
    module=module,
)
