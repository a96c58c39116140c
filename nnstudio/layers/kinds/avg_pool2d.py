"""AvgPool2d: of every window of the image the mean stays."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import avg_pool_line, avg_pool_module, avg_pool_params, pool_shape, pool_stride
from nnstudio.layers.spec import LayerSpec, Settings, Signal
from nnstudio.layers.windows import Pair, pair

TITLE = Words("Average pool", "平均池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, ⌊(H + 2·padding - kernel) / stride⌋ + 1, likewise W)."""
    return pool_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AvgPool2d, saying only what differs from torch's defaults."""
    return avg_pool_module("nn.AvgPool2d", p)


def window(p: Settings) -> tuple[Pair, Pair]:
    """The window and its stride."""
    return p.kernel_size, pair(pool_stride(p))


SPEC = LayerSpec(
    kind="AvgPool2d",
    title=TITLE,
    family="pool",
    place=2,
    stem="pool_",
    summary=Words("Replaces every window by its mean.", "用平均值代替每个窗口。"),
    help=Words(
        "Makes maps smaller and smoother: every number of a window counts alike, where max pooling keeps the "
        "strongest alone. LeNet-5 pools in this way. There is nothing to train.",
        "使特征图更小、更平滑：窗口里每个数同等重要，而最大池化只留最强的一个。LeNet-5 就用这种池化。"
        "没有可训练的参数。",
    ),
    formula=r"y_{c,i,j} = \frac{1}{k^{2}} \sum_{u,v=0}^{k-1} x_{c,\, i s + u,\, j s + v}",
    source="Goodfellow, Bengio, Courville: Deep Learning, chapter 9",
    params=avg_pool_params(2),
    shape=shape,
    line=avg_pool_line,
    module=module,
    window=window,
)
