"""GaussianNoise: while training, normally distributed noise is added."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call, call
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import LayerSpec, Settings, Signal, same_shape


def line(p: Settings) -> str:
    """How strong the noise is."""
    return f"σ = {p.std:g}"


def module(p: Settings, _x: Signal) -> Call:
    """The class of our own, for torch.nn has none."""
    return call("own.GaussianNoise", std=p.std)


SPEC = LayerSpec(
    kind="GaussianNoise",
    title=Words("Gaussian noise", "高斯噪声"),
    family="gen",
    place=2,
    stem="noise_",
    summary=Words("Adds noise while training.", "训练时加入噪声。"),
    help=Words(
        "While training, every number gets a random one added, drawn anew each time from a normal distribution around "
        "0. So the network never sees a sample twice in the same way and learns less by heart; behind the Input of an "
        "autoencoder it makes a denoising one. In use, after training, numbers pass unchanged.",
        "训练时给每个数加上一个随机数，每次都从均值为 0 的正态分布中重新抽取。网络不会两次看到完全相同的样本，"
        "因而不易死记硬背；放在自编码器的输入之后，就成为去噪自编码器。训练结束后使用时，数原样通过。",
    ),
    formula=r"y = x + \sigma \, \varepsilon, \quad \varepsilon \sim N(0, 1)",
    source="Bishop: Training with Noise is Equivalent to Tikhonov Regularization, 1995",
    params=(
        Float(
            name="std",
            default=0.1,
            high=100.0,
            step=0.05,
            label=Words("Standard deviation", "标准差"),
            help=Words("How strong the noise is, σ.", "噪声的强度 σ。"),
        ),
    ),
    shape=same_shape,
    line=line,
    module=module,
)
