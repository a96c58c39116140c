"""BatchNorm2d: every channel is shifted and scaled to mean 0 and variance 1."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.images import channels_of
from nnstudio.layers.norms import BATCH_PARAMS, batch_cost, batch_line, batch_module
from nnstudio.layers.spec import Cost, LayerSpec, Settings, Signal

TITLE = Words("Batch norm", "批归一化")


def shape(_p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, H, W)."""
    channels_of(TITLE, x.shape)
    return x


def cost(p: Settings, x: Signal) -> Cost:
    """A scale and a shift per channel are trained; means, variances and a count of batches are kept."""
    return batch_cost(p, int(x.shape[0]))


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.BatchNorm2d."""
    return batch_module("nn.BatchNorm2d", p, x.shape[0])


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
    params=BATCH_PARAMS,
    shape=shape,
    cost=cost,
    line=batch_line,
    module=module,
)
