"""AdaptiveMaxPool2d: keeps the largest values of an image, as many as a size that is asked for."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import adaptive_max_line, adaptive_module, adaptive_params, adaptive_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Adaptive max pool", "自适应最大池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, *output_size), whatever H and W are."""
    return adaptive_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AdaptiveMaxPool2d."""
    return adaptive_module("nn.AdaptiveMaxPool2d", p)


SPEC = LayerSpec(
    kind="AdaptiveMaxPool2d",
    title=TITLE,
    family="pool",
    place=6,
    stem="pool_",
    summary=Words("Keeps the largest values, as many as you choose.", "按指定大小保留各块的最大值。"),
    help=Words(
        "The image is cut into as many parts as are asked for, as equal as can be, and of each the largest value "
        "stays. Regions of different sizes come to one size in this way, as in detectors (RoI pooling).",
        "把图像尽量均匀地分成所要的块数，每块只留最大值。这样大小不同的区域变成同样大小，"
        "目标检测中的 RoI 池化就是如此。",
    ),
    formula=r"y_{c,i,j} = \max_{u \in R_{i}, \, v \in R_{j}} \; x_{c,u,v}",
    source="Girshick: Fast R-CNN, 2015",
    params=adaptive_params(2),
    shape=shape,
    line=adaptive_max_line,
    module=module,
)
