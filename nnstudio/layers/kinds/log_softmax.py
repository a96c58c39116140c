"""LogSoftmax: scores become logarithms of probabilities."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.features import FEATURE_AXIS, feature_axis, feature_dim, feature_line
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("LogSoftmax", "LogSoftmax")


def shape(p: Settings, x: Signal) -> Signal:
    """Any shape but a single number, unchanged."""
    feature_axis(TITLE, p, x.shape)
    return x


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.LogSoftmax, by default over the channels of an image, else over the last axis."""
    return call("nn.LogSoftmax", dim=feature_dim(p, x.shape))


SPEC = LayerSpec(
    kind="LogSoftmax",
    title=TITLE,
    family="act",
    place=15,
    stem="softmax_",
    summary=Words("Turns scores into logarithms of probabilities.", "把得分变成概率的对数。"),
    help=Words(
        "The logarithm of Softmax, computed in one go, so that very small probabilities do not become zero. The sum "
        "of their powers of e is 1. Cross-entropy does this itself; a likelihood loss or a beam search that adds up "
        "logarithms needs it.",
        "Softmax 的对数，一次算出，因此很小的概率不会变成零。各数取 e 的幂后总和为 1。"
        "交叉熵损失会自行计算它；似然损失或把对数相加的束搜索才需要它。",
    ),
    formula=r"y_{k} = x_{k} - \log \sum_{j} e^{x_{j}}",
    source="Goodfellow, Bengio, Courville: Deep Learning, chapter 6.2.2",
    params=(FEATURE_AXIS,),
    shape=shape,
    line=feature_line,
    module=module,
)
