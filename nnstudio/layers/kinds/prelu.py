"""PReLU: negative numbers get a slope that is trained."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.parameters import Bool, Float
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, ParamFix, Settings, Signal


def shape(p: Settings, x: Signal) -> Signal:
    """Any shape, unchanged; with a slope per channel, the first length is the number of channels."""
    if p.per_channel and (not x.shape or isinstance(x.shape[0], str)):
        message = (
            tr(
                "A slope per channel needs a fixed number of channels; the first length here is free ({axis}).",
                axis=x.shape[0],
            )
            if x.shape
            else tr("A slope per channel needs channels; it gets one number.")
        )
        raise LayerError(message, ParamFix(tr("Train one slope for all"), {"per_channel": False}))
    return x


def slopes(p: Settings, x: Signal) -> int:
    """Return how many slopes are trained."""
    return int(x.shape[0]) if p.per_channel else 1


def cost(p: Settings, x: Signal) -> Cost:
    """One slope, or one per channel."""
    count = slopes(p, x)
    return Cost(parameters=count, arithmetic=str(count))


def line(p: Settings) -> str:
    """Whose slope is trained."""
    return tr("a slope per channel") if p.per_channel else tr("one slope")


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.PReLU, saying only what differs from torch's defaults."""
    said: dict[str, Literal] = {}
    if slopes(p, x) != 1:
        said["num_parameters"] = slopes(p, x)
    if p.init != 0.25:
        said["init"] = p.init
    return call("nn.PReLU", **said)


SPEC = LayerSpec(
    kind="PReLU",
    title=Words("PReLU", "PReLU"),
    family="act",
    place=9,
    stem="relu_",
    summary=Words("ReLU whose negative slope is learned.", "负半轴斜率可学习的 ReLU。"),
    help=Words(
        "Like LeakyReLU, but the slope of negative numbers is trained: one for all, or one for each channel. The first "
        "length of a sample counts as its channels. Weight decay would pull the slopes to zero and make it ReLU.",
        "与 LeakyReLU 相似，但负数一侧的斜率由训练得到：共用一个，或每个通道一个。样本的第一个长度算作通道数。"
        "权重衰减会把斜率拉向零，使它退化为 ReLU。",
    ),
    formula=r"y = \max(0, x) + a_{c} \, \min(0, x)",
    source="He, Zhang, Ren, Sun: Delving Deep into Rectifiers, 2015",
    params=(
        Bool(
            name="per_channel",
            default=False,
            label=Words("One per channel", "每个通道一个"),
            help=Words("Train a slope for every channel, not one for all.", "为每个通道训练一个斜率，而不是共用一个。"),
        ),
        Float(
            name="init",
            default=0.25,
            low=-10.0,
            high=10.0,
            step=0.05,
            label=Words("First slope", "初始斜率"),
            help=Words("The slope a before training.", "训练前的斜率 a。"),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
)
