"""AvgPool3d: of every window of a volume or a film the mean stays."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import avg_pool_line, avg_pool_module, avg_pool_params, pool_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Average pool 3d", "三维平均池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, D, H, W) -> (C, ⌊(D + 2·padding - kernel) / stride⌋ + 1, likewise H and W).

    torch wants this window to fit without the padding, unlike those along one and two axes.
    """
    return pool_shape(TITLE, p, x, whole=True)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AvgPool3d, saying only what differs from torch's defaults."""
    return avg_pool_module("nn.AvgPool3d", p)


SPEC = LayerSpec(
    kind="AvgPool3d",
    title=TITLE,
    family="pool",
    place=12,
    stem="pool_",
    summary=Words("Replaces every block by its mean.", "用平均值代替每个小立方体。"),
    help=Words(
        "Makes a volume or a film smaller and smoother: every number of a block counts alike. There is nothing to "
        "train.",
        "使体数据或视频更小、更平滑：小立方体中的每个数同等重要。没有可训练的参数。",
    ),
    formula=r"y_{c,i} = \frac{1}{k^{3}} \sum_{u} x_{c,\, i s + u}, \quad i, u \in \mathbb{Z}^{3}",
    source="Goodfellow, Bengio, Courville: Deep Learning, chapter 9",
    params=avg_pool_params(3),
    shape=shape,
    line=avg_pool_line,
    module=module,
)
