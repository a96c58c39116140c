"""Conv3d: learned kernels slide through a volume or a film, each marking where its pattern occurs."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.convolution import conv_cost, conv_line, conv_module, conv_params, conv_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Conv3d", "三维卷积")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, D, H, W) -> (out_channels, ⌊(D + 2·padding − window) / stride⌋ + 1, likewise H and W)."""
    return conv_shape(TITLE, p, x)


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.Conv3d, saying only what differs from torch's defaults."""
    return conv_module("nn.Conv3d", p, x)


SPEC = LayerSpec(
    kind="Conv3d",
    title=TITLE,
    family="conv",
    place=3,
    stem="conv_",
    summary=Words("Slides learned kernels through a volume.", "用学到的卷积核扫过体数据。"),
    help=Words(
        "Convolution with a third axis: the depth of a medical scan, or the time of a film, where it finds movement. "
        "Kernels are small blocks, so weights and work grow quickly with their size: 3×3×3 are 27 weights for each "
        "pair of channels.",
        "多一个轴的卷积：这个轴可以是医学影像的深度，也可以是视频的时间（这时能发现运动）。"
        "卷积核是小立方体，权重和计算量随其大小迅速增加：3×3×3 时每对通道就有 27 个权重。",
    ),
    formula=r"y_{p,i} = b_{p} + \sum_{d} \sum_{u} w_{p,d,u} \; x_{d,\, i s + u}, \quad i, u \in \mathbb{Z}^{3}",
    source="Ji, Xu, Yang, Yu: 3D Convolutional Neural Networks for Human Action Recognition, 2013",
    params=conv_params(3),
    shape=shape,
    cost=conv_cost,
    line=conv_line,
    module=module,
    weights=True,
)
