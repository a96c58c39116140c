"""AdaptiveAvgPool2d: averages an image down to a size that is asked for, usually one number per channel."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import adaptive_mean_line, adaptive_module, adaptive_params, adaptive_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Adaptive avg pool", "自适应平均池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, *output_size), whatever H and W are."""
    return adaptive_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AdaptiveAvgPool2d."""
    return adaptive_module("nn.AdaptiveAvgPool2d", p)


SPEC = LayerSpec(
    kind="AdaptiveAvgPool2d",
    title=TITLE,
    family="pool",
    place=5,
    stem="pool_",
    summary=Words("Averages every map to one number, or to a size you choose.", "把每张特征图平均成一个数或指定大小。"),
    help=Words(
        "Output size 1 takes the mean of every map: what was found, no matter where. Networks that end in it accept "
        "images of any size; Flatten usually follows. Other sizes cut the map into that many parts and average each.",
        "输出大小为 1 时取每张特征图的平均值：找到了什么，而不问在哪里。以它结尾的网络可接受任意大小的图像，"
        "后面通常接展平。其他大小则把特征图分成相应的几块，各取平均。",
    ),
    formula=r"y_{c} = \frac{1}{H W} \sum_{i=1}^{H} \sum_{j=1}^{W} x_{c,i,j}",
    source="Lin, Chen, Yan: Network In Network, 2013",
    params=adaptive_params(2),
    shape=shape,
    line=adaptive_mean_line,
    module=module,
)
