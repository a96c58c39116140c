"""BatchNorm2d: every channel is shifted and scaled to mean 0 and variance 1."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.images import channels_of
from nnstudio.layers.parameters import Bool, Float
from nnstudio.layers.spec import Cost, LayerSpec, Settings, Signal

TITLE = Words("Batch norm", "批归一化")


def shape(_p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, H, W)."""
    channels_of(TITLE, x.shape)
    return x


def cost(p: Settings, x: Signal) -> Cost:
    """A scale and a shift per channel are trained; means, variances and a count of batches are kept.

    No multiply-adds are counted: in use, scale and shift can be merged into the layer before.
    """
    channels = int(x.shape[0])
    return Cost(
        parameters=2 * channels if p.affine else 0,
        buffers=2 * channels + 1,
        arithmetic=f"2·{channels}" if p.affine else "",
    )


def line(p: Settings) -> str:
    """Nothing, unless it differs from the usual."""
    return "" if p.affine else tr("no scale and shift")


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.BatchNorm2d, saying only what differs from torch's defaults."""
    said: dict[str, Literal] = {}
    if p.eps != 1e-5:
        said["eps"] = p.eps
    if p.momentum != 0.1:
        said["momentum"] = p.momentum
    if not p.affine:
        said["affine"] = False
    return call("nn.BatchNorm2d", x.shape[0], **said)


SPEC = LayerSpec(
    kind="BatchNorm2d",
    title=TITLE,
    family="norm",
    place=1,
    stem="norm_",
    summary=Words("Keeps every channel at mean 0 and variance 1.", "使每个通道保持均值为 0、方差为 1。"),
    help=Words(
        "While training, mean and variance of a channel are taken over the batch and all pixels; then a trained "
        "scale and shift follow. Running averages are kept and used once training is over. Deep networks learn "
        "faster with it and bear larger learning rates. It usually stands between a convolution (without bias) and "
        "its activation.",
        "训练时对整批样本的所有像素求每个通道的均值和方差并归一化，再乘以可训练的缩放、加上可训练的平移。"
        "同时保存滑动平均，训练结束后使用。它使深层网络学得更快，也能承受更大的学习率。"
        "通常放在（不带偏置的）卷积与激活函数之间。",
    ),
    formula=r"y = \gamma_{c} \, \frac{x - \mu_{c}}{\sqrt{\sigma_{c}^{2} + \varepsilon}} + \beta_{c}",
    source="Ioffe, Szegedy: Batch Normalization, 2015",
    params=(
        Float(
            name="momentum",
            default=0.1,
            step=0.01,
            label=Words("Momentum", "动量"),
            help=Words(
                "How much of the new mean enters the running average with every batch.",
                "每批的新均值以多大比例计入滑动平均。",
            ),
        ),
        Float(
            name="eps",
            default=1e-5,
            low=1e-12,
            step=1e-5,
            label=Words("Epsilon", "ε"),
            help=Words("Added to the variance so that nothing is divided by zero.", "加到方差上，避免除以零。"),
        ),
        Bool(
            name="affine",
            default=True,
            label=Words("Scale and shift", "缩放与平移"),
            help=Words("Train a scale and a shift for every channel.", "为每个通道训练缩放和平移。"),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
)
