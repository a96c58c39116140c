"""MaxPool3d: of every window of a volume or a film only the largest value stays."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import max_pool_line, max_pool_module, max_pool_params, max_pool_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Max pool 3d", "三维最大池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, D, H, W) -> (C, ⌊(D + 2·padding − window) / stride⌋ + 1, likewise H and W)."""
    return max_pool_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.MaxPool3d, saying only what differs from torch's defaults."""
    return max_pool_module("nn.MaxPool3d", p)


SPEC = LayerSpec(
    kind="MaxPool3d",
    title=TITLE,
    family="pool",
    place=11,
    stem="pool_",
    summary=Words("Keeps the largest value of every block.", "只保留每个小立方体中的最大值。"),
    help=Words(
        "Makes a volume or a film smaller: of every block the strongest answer stays. A window of 1×2×2 leaves the "
        "depth or the time as it is, as the first pooling of C3D does. There is nothing to train.",
        "缩小体数据或视频：每个小立方体只留最强的响应。窗口为 1×2×2 时深度（或时间）保持不变，"
        "C3D 的第一个池化就是这样。没有可训练的参数。",
    ),
    formula=r"y_{c,i} = \max_{u} \; x_{c,\, i s + u}, \quad i, u \in \mathbb{Z}^{3}",
    source="Tran and others: Learning Spatiotemporal Features with 3D Convolutional Networks, 2015",
    params=max_pool_params(3),
    shape=shape,
    line=max_pool_line,
    module=module,
)
