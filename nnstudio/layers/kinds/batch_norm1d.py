"""BatchNorm1d: every feature of a row, or every channel of a signal, is brought to mean 0 and variance 1."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call
from nnstudio.layers.norms import BATCH_PARAMS, batch_cost, batch_line, batch_module
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Settings, Signal, shape_text

TITLE = Words("Batch norm 1d", "一维批归一化")


def shape(_p: Settings, x: Signal) -> Signal:
    """(C,) -> (C,), or (C, L) -> (C, L)."""
    if len(x.shape) == 3:
        raise LayerError(
            tr("{layer} needs features, or channels × length; for an image take BatchNorm2d.", layer=TITLE)
        )
    if len(x.shape) not in (1, 2):
        raise LayerError(
            tr(
                "{layer} needs features, or channels × length; it gets {shape}.",
                layer=TITLE,
                shape=shape_text(x.shape),
            )
        )
    if isinstance(x.shape[0], str):
        raise LayerError(
            tr(
                "{layer} counts the first length as channels, and here it is free ({axis}): "
                "for steps × features take LayerNorm.",
                layer=TITLE,
                axis=x.shape[0],
            )
        )
    return x


def cost(p: Settings, x: Signal) -> Cost:
    """A scale and a shift per channel are trained; means, variances and a count of batches are kept."""
    return batch_cost(p, int(x.shape[0]))


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.BatchNorm1d."""
    return batch_module("nn.BatchNorm1d", p, x.shape[0])


SPEC = LayerSpec(
    kind="BatchNorm1d",
    title=TITLE,
    family="norm",
    place=4,
    stem="norm_",
    summary=Words("Keeps every feature at mean 0 and variance 1.", "使每个特征保持均值为 0、方差为 1。"),
    help=Words(
        "What BatchNorm2d does for images, for rows of features and for signals of channels × length: while training, "
        "mean and variance of a feature are taken over the batch (and the length), afterwards their running averages "
        "are used. It stands after a Dense or Conv1d layer. Training with batches of a single row cannot work, for "
        "one number has no variance.",
        "与二维批归一化相同，但用于一行特征，或“通道 × 长度”的信号：训练时对整批样本（及长度）求每个特征的均值和方差，"
        "训练后使用其滑动平均。放在全连接层或一维卷积之后。每批只有一行时无法训练，因为单个数没有方差。",
    ),
    formula=r"y = \gamma_{c} \, \frac{x - \mu_{c}}{\sqrt{\sigma_{c}^{2} + \varepsilon}} + \beta_{c}",
    source="Ioffe, Szegedy: Batch Normalization, 2015",
    params=BATCH_PARAMS,
    shape=shape,
    cost=cost,
    line=batch_line,
    module=module,
)
