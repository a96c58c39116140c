"""InstanceNorm2d: every channel of every image is brought to mean 0 and variance 1 by itself."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.images import channels_of
from nnstudio.layers.norms import BIAS, EPS, affine, channel_cost, differing, running_statistics
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Settings, Signal, shape_text

TITLE = Words("Instance norm", "实例归一化")


def shape(_p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, H, W)."""
    channels_of(TITLE, x.shape)
    if x.shape[1:] == (1, 1):
        raise LayerError(
            tr(
                "{layer} needs several pixels per channel, for one number has no variance; it gets {shape}.",
                layer=TITLE,
                shape=shape_text(x.shape),
            )
        )
    return x


def cost(p: Settings, x: Signal) -> Cost:
    """A scale and a shift per channel where wanted; with running averages, means, variances and a count are kept."""
    return channel_cost(p, int(x.shape[0]), tracked=p.track_running_stats)


def line(p: Settings) -> str:
    """Nothing, unless it differs from the usual."""
    trained = "" if not p.affine else tr("scale and shift") if p.bias else tr("scale")
    return ", ".join(filter(None, (trained, tr("running averages") if p.track_running_stats else "")))


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.InstanceNorm2d, saying only what differs from torch's defaults."""
    said = differing(p, momentum=0.1, eps=1e-5, affine=False, bias=True, track_running_stats=False)
    return call("nn.InstanceNorm2d", x.shape[0], **said)


SPEC = LayerSpec(
    kind="InstanceNorm2d",
    title=TITLE,
    family="norm",
    place=7,
    stem="norm_",
    summary=Words("Takes out each image's own contrast.", "去除每幅图像自身的对比度。"),
    help=Words(
        "Mean and variance are taken over the pixels of one channel of one image, so brightness and contrast of the "
        "image are lost and its structure stays. Style transfer and image translation use it: contrast belongs to the "
        "style. As in torch, scale and shift are left out unless asked for.",
        "在一幅图像的一个通道之内对像素求均值和方差，于是图像的亮度和对比度消失，结构保留。"
        "风格迁移和图像翻译用它，因为对比度属于风格。与 torch 一样，默认没有缩放和平移。",
    ),
    formula=r"y = \gamma_{c} \, \frac{x - \mu_{c}}{\sqrt{\sigma_{c}^{2} + \varepsilon}} + \beta_{c}",
    source="Ulyanov, Vedaldi, Lempitsky: Instance Normalization, 2016",
    params=(
        EPS,
        affine(default=False),
        BIAS,
        running_statistics(
            False,
            Words(
                "Keep averages of means and variances, and use them after training in place of the image's own.",
                "保存均值和方差的滑动平均，训练后用它们代替图像自身的均值和方差。",
            ),
        ),
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
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
)
