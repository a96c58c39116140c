"""MaxPool2d: of every window of the image only the largest value stays."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import max_pool_line, max_pool_module, max_pool_params, max_pool_shape, pool_stride
from nnstudio.layers.spec import LayerSpec, Settings, Signal
from nnstudio.layers.windows import Pair, pair, span

TITLE = Words("Max pool", "最大池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, ⌊(H + 2·padding − window) / stride⌋ + 1, likewise W)."""
    return max_pool_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.MaxPool2d, saying only what differs from torch's defaults."""
    return max_pool_module("nn.MaxPool2d", p)


def window(p: Settings) -> tuple[Pair, Pair]:
    """The window and its stride."""
    return pair(span(p.kernel_size, p.dilation)), pair(pool_stride(p))


SPEC = LayerSpec(
    kind="MaxPool2d",
    title=TITLE,
    family="pool",
    place=1,
    stem="pool_",
    summary=Words("Keeps the largest value of every window.", "只保留每个窗口中的最大值。"),
    help=Words(
        "Makes maps smaller and what comes after cheaper. As only the strongest answer of a window counts, "
        "a pattern may move a little and is still found. There is nothing to train.",
        "缩小特征图，使后面的计算更省。因为每个窗口只看最强的响应，图样稍有移动也仍能找到。没有可训练的参数。",
    ),
    formula=r"y_{c,i,j} = \max_{u,v} \; x_{c,\, i s + u,\, j s + v}",
    source="Goodfellow, Bengio, Courville: Deep Learning, chapter 9",
    params=max_pool_params(2),
    shape=shape,
    line=max_pool_line,
    module=module,
    window=window,
)
