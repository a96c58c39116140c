"""AdaptiveMaxPool3d: keeps the largest values of a volume or a film, as many as a size that is asked for."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import adaptive_max_line, adaptive_module, adaptive_params, adaptive_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Adaptive max pool 3d", "三维自适应最大池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, D, H, W) -> (C, *output_size), whatever D, H and W are."""
    return adaptive_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AdaptiveMaxPool3d."""
    return adaptive_module("nn.AdaptiveMaxPool3d", p)


SPEC = LayerSpec(
    kind="AdaptiveMaxPool3d",
    title=TITLE,
    family="pool",
    place=14,
    stem="pool_",
    summary=Words("Keeps the largest values, as many as you choose.", "按指定大小保留各块的最大值。"),
    help=Words(
        "The volume is cut into as many blocks as are asked for, as equal as can be, and of each the largest value "
        "stays. So scans or films of any size fit what follows.",
        "把体数据尽量均匀地分成所要的块数，每块只留最大值。这样任意大小的影像或视频都能接上后面的层。",
    ),
    formula=r"y_{c,i} = \max_{u \in R_{i}} \; x_{c,u}, \quad i, u \in \mathbb{Z}^{3}",
    source="PyTorch documentation: torch.nn.AdaptiveMaxPool3d",
    params=adaptive_params(3),
    shape=shape,
    line=adaptive_max_line,
    module=module,
)
