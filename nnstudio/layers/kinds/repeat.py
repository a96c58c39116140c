"""Repeat: a sample several times in a row, along an axis that it has or along a new one."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.axes import axis_setting, place, place_between, torch_dim
from nnstudio.layers.code import Expression, Input, method
from nnstudio.layers.lengths import multiply
from nnstudio.layers.parameters import Bool, Int
from nnstudio.layers.spec import LayerSpec, Port, Settings, Signal


def shape(p: Settings, x: Signal) -> Signal:
    """(…, a, …) -> (…, count·a, …), or with a new axis (…, count, a, …)."""
    if p.new_axis:
        at = place_between(x.shape, p.axis)
        return Signal((*x.shape[:at], p.count, *x.shape[at:]), x.element)
    at = place(x.shape, p.axis)
    return Signal((*x.shape[:at], multiply((p.count, x.shape[at])), *x.shape[at + 1 :]), x.element)


def line(p: Settings) -> str:
    """How often, and where."""
    if p.new_axis:
        return tr("{count} times, new axis {axis}", count=p.count, axis=p.axis)
    return tr("{count} times, axis {axis}", count=p.count, axis=p.axis)


def forward(p: Settings, x: Signal) -> Expression:
    """``x.repeat(1, …, count, …)``; the batch is there once."""
    whole: Expression = Input()
    if p.new_axis:
        at = place_between(x.shape, p.axis)
        whole = method(whole, "unsqueeze", torch_dim(p.axis))
    else:
        at = place(x.shape, p.axis)
    times = [1] * (len(x.shape) + p.new_axis + 1)
    times[at + 1] = p.count
    return method(whole, "repeat", *times)


SPEC = LayerSpec(
    kind="Repeat",
    title=Words("Repeat", "重复"),
    family="shape",
    place=8,
    stem="repeat_",
    summary=Words("Gives the same several times in a row.", "把同样的内容接连重复多次。"),
    help=Words(
        "With a new axis a row of features becomes a sequence of equal steps, so that a decoder sees the summary of "
        "an encoder at each of its steps. Along an axis that is there, the whole follows itself: a, b becomes "
        "a, b, a, b.",
        "使用新轴时，一行特征变成每一步都相同的序列，解码器在每一步都能看到编码器的概要。"
        "沿已有的轴时，整体首尾相接地重复：a, b 变成 a, b, a, b。",
    ),
    formula=r"y = [\, x ; \; x ; \; \ldots ; \; x \,]",
    source="Cho and others: Learning Phrase Representations using RNN Encoder-Decoder, 2014 (the summary at each step)",
    params=(
        Int(
            name="count",
            default=2,
            high=65_536,
            label=Words("Times", "次数"),
            help=Words("How often the same stands in the result.", "同样的内容在结果中出现几次。"),
        ),
        axis_setting(
            Words("Axis", "轴"),
            Words(
                "Along which axis of a sample, or where the new axis stands: 0 is the first, -1 the last.",
                "沿样本的哪个轴重复，或新轴的位置：0 是第一个，-1 是最后一个。",
            ),
        ),
        Bool(
            name="new_axis",
            default=False,
            label=Words("New axis", "新建轴"),
            help=Words("Put the copies on an axis of their own.", "把各份排在一个新的轴上。"),
        ),
    ),
    inputs=(Port("input", element=None),),
    outputs=(Port("output", element=None),),
    shape=shape,
    line=line,
    forward=forward,
)
