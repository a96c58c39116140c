"""ConvTranspose3d: stamps learned kernels side by side, which makes a volume larger."""

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

TITLE = Words("ConvTranspose3d", "三维转置卷积")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, D, H, W) -> (out_channels, (D − 1)·stride − 2·padding + window + output_padding, likewise H and W)."""
    return transposed_shape(TITLE, p, x)


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.ConvTranspose3d, saying only what differs from torch's defaults."""
    return transposed_module("nn.ConvTranspose3d", p, x)


SPEC = LayerSpec(
    kind="ConvTranspose3d",
    title=TITLE,
    family="conv",
    place=6,
    stem="upconv_",
    summary=Words("Makes a volume larger with learned kernels.", "用学到的卷积核放大体数据。"),
    help=Words(
        "Every number of the volume is multiplied by a kernel, and the kernels are laid down one stride apart along "
        "depth, height and width; where they overlap they add up. The way back up in a U-Net for medical scans.",
        "体数据中的每个数乘以一个卷积核，各结果沿深、高、宽按步幅的间距叠放，重叠处相加。"
        "用于医学影像的三维 U-Net，把特征图放大回原来的大小。",
    ),
    formula=r"y_{p,j} = b_{p} + \sum_{d} \sum_{i} w_{d,p,\, j - i s} \; x_{d,i}, \quad i, j \in \mathbb{Z}^{3}",
    source="Çiçek and others: 3D U-Net, 2016",
    params=transposed_params(3),
    shape=shape,
    cost=transposed_cost,
    line=conv_line,
    module=module,
    weights=True,
)
