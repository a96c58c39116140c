"""BatchNorm3d: every channel of a volume or a film is brought to mean 0 and variance 1."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call
from nnstudio.layers.norms import BATCH_PARAMS, batch_cost, batch_line, batch_module, fixed_channels
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Settings, Signal, shape_text

TITLE = Words("Batch norm 3d", "三维批归一化")


def shape(_p: Settings, x: Signal) -> Signal:
    """(C, D, H, W) -> (C, D, H, W)."""
    if len(x.shape) != 4:
        raise LayerError(
            tr(
                "{layer} needs channels × depth × height × width; it gets {shape}.",
                layer=TITLE,
                shape=shape_text(x.shape),
            )
        )
    fixed_channels(TITLE, x.shape[0])
    return x


def cost(p: Settings, x: Signal) -> Cost:
    """A scale and a shift per channel are trained; means, variances and a count of batches are kept."""
    return batch_cost(p, int(x.shape[0]))


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.BatchNorm3d."""
    return batch_module("nn.BatchNorm3d", p, x.shape[0])


SPEC = LayerSpec(
    kind="BatchNorm3d",
    title=TITLE,
    family="norm",
    place=10,
    stem="norm_",
    summary=Words(
        "Keeps every channel of a volume at mean 0 and variance 1.", "使体数据的每个通道保持均值为 0、方差为 1。"
    ),
    help=Words(
        "What BatchNorm2d does for images, for volumes such as scans of a body, and for films, whose depth is time: "
        "mean and variance of a channel are taken over the batch and all its points. It stands after a Conv3d layer.",
        "与二维批归一化相同，但用于人体扫描等体数据，以及以时间为深度的视频：对整批样本的所有点求每个通道的均值和方差。"
        "放在三维卷积之后。",
    ),
    formula=r"y = \gamma_{c} \, \frac{x - \mu_{c}}{\sqrt{\sigma_{c}^{2} + \varepsilon}} + \beta_{c}",
    source="Ioffe, Szegedy: Batch Normalization, 2015",
    params=BATCH_PARAMS,
    shape=shape,
    cost=cost,
    line=batch_line,
    module=module,
)
