"""Sigmoid: the S-curve from 0 to 1."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def module(_p: Settings, _x: Signal) -> Call:
    """torch.nn.Sigmoid."""
    return call("nn.Sigmoid")


SPEC = LayerSpec(
    kind="Sigmoid",
    title=Words("Sigmoid", "Sigmoid"),
    family="act",
    place=3,
    stem="sigmoid_",
    summary=Words("Squeezes every number between 0 and 1.", "把每个数压到 0 与 1 之间。"),
    help=Words(
        "An S-curve that can be read as a probability, and as a gate that is open or shut. Its slope is at most 1/4, "
        "so the gradient shrinks with every layer: deep networks of sigmoids hardly learn, and ReLU has taken its "
        "place.",
        "一条 S 形曲线，输出可看作概率，也可看作开或关的门。它的斜率最大为 1/4，梯度逐层缩小，"
        "所以深层的 Sigmoid 网络很难学习，如今多用 ReLU。",
    ),
    formula=r"y = \sigma(x) = \frac{1}{1 + e^{-x}}",
    source="Rumelhart, Hinton, Williams: Learning Representations by Back-propagating Errors, 1986",
    shape=same_shape,
    module=module,
)
