"""AdaptiveAvgPool3d: averages a volume or a film down to a size that is asked for."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import adaptive_mean_line, adaptive_module, adaptive_params, adaptive_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Adaptive avg pool 3d", "三维自适应平均池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, D, H, W) -> (C, *output_size), whatever D, H and W are."""
    return adaptive_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AdaptiveAvgPool3d."""
    return adaptive_module("nn.AdaptiveAvgPool3d", p)


SPEC = LayerSpec(
    kind="AdaptiveAvgPool3d",
    title=TITLE,
    family="pool",
    place=13,
    stem="pool_",
    summary=Words("Averages a volume of any size to a size you choose.", "把任意大小的体数据平均到指定大小。"),
    help=Words(
        "The volume is cut into as many blocks as are asked for, as equal as can be, and each becomes its mean. "
        "Output size 1 takes the mean of every channel, and scans or films of any size fit what follows.",
        "把体数据尽量均匀地分成所要的块数，每块取平均。输出大小为 1 时取每个通道的平均值，"
        "这样任意大小的影像或视频都能接上后面的层。",
    ),
    formula=r"y_{c,i} = \frac{1}{|R_{i}|} \sum_{u \in R_{i}} x_{c,u}, \quad i, u \in \mathbb{Z}^{3}",
    source="PyTorch documentation: torch.nn.AdaptiveAvgPool3d",
    params=adaptive_params(3),
    shape=shape,
    line=adaptive_mean_line,
    module=module,
)
