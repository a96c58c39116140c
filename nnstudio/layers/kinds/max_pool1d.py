"""MaxPool1d: of every window of a signal only the largest value stays."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import max_pool_line, max_pool_module, max_pool_params, max_pool_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Max pool 1d", "一维最大池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, L) -> (C, ⌊(L + 2·padding − window) / stride⌋ + 1)."""
    return max_pool_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.MaxPool1d, saying only what differs from torch's defaults."""
    return max_pool_module("nn.MaxPool1d", p)


SPEC = LayerSpec(
    kind="MaxPool1d",
    title=TITLE,
    family="pool",
    place=7,
    stem="pool_",
    summary=Words("Keeps the largest value of every few steps.", "每几步只保留最大的值。"),
    help=Words(
        "Makes a signal shorter: of every window the strongest answer stays, wherever in the window it stood. "
        "It follows Conv1d as MaxPool2d follows Conv2d. There is nothing to train.",
        "缩短信号：每个窗口只留最强的响应，不论它在窗口中的位置。它接在 Conv1d 之后，正如 MaxPool2d 接在 Conv2d 之后。"
        "没有可训练的参数。",
    ),
    formula=r"y_{c,i} = \max_{u} \; x_{c,\, i s + u}",
    source="Goodfellow, Bengio, Courville: Deep Learning, chapter 9",
    params=max_pool_params(1),
    shape=shape,
    line=max_pool_line,
    module=module,
)
