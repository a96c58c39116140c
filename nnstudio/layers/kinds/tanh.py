"""Tanh: the S-curve from −1 to 1."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def module(_p: Settings, _x: Signal) -> Call:
    """torch.nn.Tanh."""
    return call("nn.Tanh")


SPEC = LayerSpec(
    kind="Tanh",
    title=Words("Tanh", "Tanh"),
    family="act",
    place=4,
    stem="tanh_",
    summary=Words("Squeezes every number between −1 and 1.", "把每个数压到 −1 与 1 之间。"),
    help=Words(
        "An S-curve through zero, with slope 1 there. LeNet-5 and recurrent networks use it. Far from zero the curve "
        "is flat and its gradient small: deep stacks of it learn slowly.",
        "一条过零点的 S 形曲线，在零点的斜率为 1。LeNet-5 和循环网络都用它。远离零点处曲线平坦，梯度很小："
        "层数一深就学得慢。",
    ),
    formula=r"y = \tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}",
    source="LeCun, Bottou, Orr, Müller: Efficient BackProp, 1998",
    shape=same_shape,
    module=module,
)
