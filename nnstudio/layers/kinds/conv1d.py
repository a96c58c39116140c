"""Conv1d: learned kernels slide along a signal, each marking where its pattern occurs."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.convolution import conv_cost, conv_line, conv_module, conv_params, conv_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Conv1d", "一维卷积")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, L) -> (out_channels, ⌊(L + 2·padding − window) / stride⌋ + 1)."""
    return conv_shape(TITLE, p, x)


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.Conv1d, saying only what differs from torch's defaults."""
    return conv_module("nn.Conv1d", p, x)


SPEC = LayerSpec(
    kind="Conv1d",
    title=TITLE,
    family="conv",
    place=2,
    stem="conv_",
    summary=Words("Slides learned kernels along a signal.", "用学到的卷积核沿信号滑动。"),
    help=Words(
        "Convolution for sound, text and other series: a window of a few steps moves along the signal, over all "
        "channels at once, and answers where its pattern is. Channels come first, then the length. With dilation, "
        "a few layers look far back, as in WaveNet.",
        "用于声音、文本等序列的卷积：几步长的窗口沿信号移动，同时覆盖所有通道，在图样出现处给出强响应。"
        "通道在前，长度在后。加上膨胀，几层就能看到很远的过去，如 WaveNet。",
    ),
    formula=r"y_{p,i} = b_{p} + \sum_{d} \sum_{u=0}^{k-1} w_{p,d,u} \; x_{d,\, i s + u}",
    source="Waibel and others: Phoneme Recognition Using Time-Delay Neural Networks, 1989",
    params=conv_params(1),
    shape=shape,
    cost=conv_cost,
    line=conv_line,
    module=module,
    weights=True,
)
