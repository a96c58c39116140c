"""AvgPool1d: of every window of a signal the mean stays."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import avg_pool_line, avg_pool_module, avg_pool_params, pool_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Average pool 1d", "一维平均池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, L) -> (C, ⌊(L + 2·padding - kernel) / stride⌋ + 1)."""
    return pool_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AvgPool1d, saying only what differs from torch's defaults."""
    return avg_pool_module("nn.AvgPool1d", p)


SPEC = LayerSpec(
    kind="AvgPool1d",
    title=TITLE,
    family="pool",
    place=8,
    stem="pool_",
    summary=Words("Replaces every few steps by their mean.", "用平均值代替每几步。"),
    help=Words(
        "Makes a signal shorter and smoother: a moving mean, taken every stride. There is nothing to train.",
        "使信号更短、更平滑：即每隔一个步幅取一次滑动平均。没有可训练的参数。",
    ),
    formula=r"y_{c,i} = \frac{1}{k} \sum_{u=0}^{k-1} x_{c,\, i s + u}",
    source="Goodfellow, Bengio, Courville: Deep Learning, chapter 9",
    params=avg_pool_params(1),
    shape=shape,
    line=avg_pool_line,
    module=module,
)
