"""Sampling: draws from a normal distribution whose mean and variance are computed, so that both can be trained."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.axes import require_one_shape
from nnstudio.layers.code import Call, call
from nnstudio.layers.spec import LayerSpec, Port, Settings, Signal

TITLE = Words("Sampling", "重参数采样")


def shape(_p: Settings, mean: Signal, log_var: Signal) -> Signal:
    """Two equal shapes -> the same shape."""
    return require_one_shape(TITLE, (mean, log_var))


def module(_p: Settings, _mean: Signal, _log_var: Signal) -> Call:
    """The class of our own, for torch.nn has none."""
    return call("own.Sampling")


SPEC = LayerSpec(
    kind="Sampling",
    title=TITLE,
    family="gen",
    place=1,
    stem="sampling_",
    summary=Words("Draws the code of a variational autoencoder.", "抽取变分自编码器的编码。"),
    help=Words(
        "An encoder says of each sample where its code lies: a mean, and the logarithm of a variance. While training, "
        "this layer draws a code from that normal distribution. It takes noise from outside and shifts and scales it "
        "(the reparameterisation trick), so that gradients reach mean and variance. In use, after training, it gives "
        "the mean, and the same input has the same answer always.",
        "编码器给出每个样本的编码位置：均值，以及方差的对数。训练时，本层从这个正态分布中抽取编码。"
        "噪声取自外部，再经平移和缩放（重参数化技巧），于是梯度能传到均值和方差。"
        "训练结束后使用时直接给出均值，同样的输入总有同样的输出。",
    ),
    formula=r"z = \mu + e^{\frac{1}{2} \log \sigma^{2}} \odot \varepsilon, \quad \varepsilon \sim N(0, I)",
    source="Kingma, Welling: Auto-Encoding Variational Bayes, 2013",
    inputs=(Port("mean"), Port("log_var")),
    outputs=(Port("z"),),
    shape=shape,
    module=module,
)
