"""Softmax: scores become shares that add up to 1."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.features import FEATURE_AXIS, feature_axis, feature_dim, feature_line
from nnstudio.layers.spec import LayerError, LayerSpec, Settings, Signal

TITLE = Words("Softmax", "Softmax")


def shape(p: Settings, x: Signal) -> Signal:
    """Any shape but a single number, unchanged."""
    if not x.shape:
        raise LayerError(tr("Softmax shares out among several numbers; it gets one number."))
    feature_axis(TITLE, p, x.shape)
    return x


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.Softmax, by default over the channels of an image, else over the last axis."""
    return call("nn.Softmax", dim=feature_dim(p, x.shape))


SPEC = LayerSpec(
    kind="Softmax",
    title=TITLE,
    family="act",
    place=5,
    stem="softmax_",
    summary=Words("Turns scores into probabilities.", "把得分变成概率。"),
    help=Words(
        "Every score becomes positive and all of them add up to 1. It works over the features of a row, over the "
        "features of each step of a sequence, and over the channels at each pixel of an image. The cross-entropy "
        "loss applies Softmax itself: put none before the Output of a classifier that you train with it.",
        "每个得分都变为正数，且总和为 1。对一行数，作用于全部特征；对序列，作用于每一步的特征；"
        "对图像，作用于每个像素处的各通道。交叉熵损失会自行施加 Softmax："
        "用它训练分类器时，不要再在输出前放 Softmax。",
    ),
    formula=r"y_{k} = \frac{e^{x_{k}}}{\sum_{j} e^{x_{j}}}",
    source="Bridle: Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990",
    params=(FEATURE_AXIS,),
    shape=shape,
    line=feature_line,
    module=module,
)
