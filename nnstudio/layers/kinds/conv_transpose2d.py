"""ConvTranspose2d: stamps learned kernels side by side, which makes an image larger."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.convolution import (
    conv_line,
    transposed_cost,
    transposed_module,
    transposed_params,
    transposed_shape,
)
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("ConvTranspose2d", "二维转置卷积")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (out_channels, (H − 1)·stride − 2·padding + window + output_padding, likewise W)."""
    return transposed_shape(TITLE, p, x)


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.ConvTranspose2d, saying only what differs from torch's defaults."""
    return transposed_module("nn.ConvTranspose2d", p, x)


SPEC = LayerSpec(
    kind="ConvTranspose2d",
    title=TITLE,
    family="conv",
    place=4,
    stem="upconv_",
    summary=Words("Makes maps larger with learned kernels.", "用学到的卷积核放大特征图。"),
    help=Words(
        "Every number of the image is multiplied by a kernel, and the kernels are laid down at a distance of one "
        "stride; where they overlap they add up. So a stride of 2 doubles the size, exactly so with a kernel of 2, or "
        "with kernel 3, padding 1 and output padding 1. It undoes what a convolution does to the shape, not to the "
        "numbers. U-Nets and generators use it.",
        "图像中的每个数乘以一个卷积核，各结果按步幅的间距叠放，重叠处相加。因此步幅为 2 时大小加倍："
        "核为 2 时恰好加倍，或用核 3、填充 1、输出填充 1。它还原的是卷积对形状的改变，而不是数值。"
        "常用于 U-Net 和生成器。",
    ),
    formula=r"y_{p,j,l} = b_{p} + \sum_{d} \sum_{i,k} w_{d,p,\, j - i s,\, l - k s} \; x_{d,i,k}",
    source="Dumoulin, Visin: A guide to convolution arithmetic for deep learning, 2016",
    params=transposed_params(2),
    shape=shape,
    cost=transposed_cost,
    line=conv_line,
    module=module,
    weights=True,
)
