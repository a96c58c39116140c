"""AdaptiveMaxPool1d: keeps the largest values of a signal, as many as a length that is asked for."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.pooling import adaptive_max_line, adaptive_module, adaptive_params, adaptive_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Adaptive max pool 1d", "一维自适应最大池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, L) -> (C, output_size), whatever L is."""
    return adaptive_shape(TITLE, p, x)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AdaptiveMaxPool1d."""
    return adaptive_module("nn.AdaptiveMaxPool1d", p)


SPEC = LayerSpec(
    kind="AdaptiveMaxPool1d",
    title=TITLE,
    family="pool",
    place=10,
    stem="pool_",
    summary=Words("Keeps the largest values, as many as you choose.", "按指定长度保留各段的最大值。"),
    help=Words(
        "The signal is cut into as many parts as are asked for, as equal as can be, and of each the largest value "
        "stays. Output size 1 says of every channel how strongly its pattern occurs anywhere, as when sorting texts.",
        "把信号尽量均匀地分成所要的段数，每段只留最大值。输出大小为 1 时，得到每个通道的图样在全程中出现得最强的程度，"
        "常用于文本分类。",
    ),
    formula=r"y_{c,i} = \max_{u \in R_{i}} \; x_{c,u}",
    source="Kim: Convolutional Neural Networks for Sentence Classification, 2014",
    params=adaptive_params(1),
    shape=shape,
    line=adaptive_max_line,
    module=module,
)
