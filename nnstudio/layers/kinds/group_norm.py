"""GroupNorm: groups of channels are brought to mean 0 and variance 1, every sample by itself."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.norms import BIAS, EPS, affine, affine_line, channel_cost, differing, fixed_channels
from nnstudio.layers.parameters import Int
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, ParamFix, Settings, Signal, count_elements

TITLE = Words("Group norm", "组归一化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, …) -> (C, …)."""
    if not x.shape:
        raise LayerError(tr("{layer} needs channels; it gets one number.", layer=TITLE))
    channels = fixed_channels(TITLE, x.shape[0])
    points = count_elements(x.shape[1:])
    if channels % p.num_groups:
        raise LayerError(
            tr("{groups} groups must divide the {channels} channels.", groups=p.num_groups, channels=channels),
            *fixes(p, channels, points),
        )
    if channels // p.num_groups == points == 1:
        raise LayerError(
            tr("Every group has a single number here, and normalised that is always 0."), *fixes(p, channels, points)
        )
    return x


def fixes(p: Settings, channels: int, points: int | None) -> tuple[ParamFix, ...]:
    """Offer the largest number of groups that works, if there is one below what is asked for.

    ``points`` is how many numbers a channel has; None where a length is free.
    """
    for groups in range(min(p.num_groups, channels), 0, -1):
        if channels % groups == 0 and (points != 1 or groups < channels):
            return (ParamFix(tr("Set groups to {groups}", groups=groups), {"num_groups": groups}),)
    return ()


def cost(p: Settings, x: Signal) -> Cost:
    """A scale and a shift per channel are trained."""
    return channel_cost(p, int(x.shape[0]))


def line(p: Settings) -> str:
    """How many groups."""
    groups = tr("1 group") if p.num_groups == 1 else tr("{count} groups", count=p.num_groups)
    return ", ".join(filter(None, (groups, affine_line(p))))


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.GroupNorm, saying only what differs from torch's defaults."""
    said = differing(p, eps=1e-5, affine=True, bias=True)
    return call("nn.GroupNorm", num_groups=p.num_groups, num_channels=x.shape[0], **said)


SPEC = LayerSpec(
    kind="GroupNorm",
    title=TITLE,
    family="norm",
    place=5,
    stem="norm_",
    summary=Words("Keeps groups of channels at mean 0 and variance 1.", "使每组通道保持均值为 0、方差为 1。"),
    help=Words(
        "The channels are dealt out to groups, and mean and variance are taken over all numbers of a group within one "
        "sample. The other samples of the batch do not matter, so it works with small batches, where batch norm does "
        "not: in detection, in diffusion models. One group takes all channels together; as many groups as channels is "
        "instance norm.",
        "把通道分成若干组，在一个样本之内对一组的所有数求均值和方差，与同批的其他样本无关。因此批很小、"
        "批归一化效果不佳时它仍然好用，例如目标检测和扩散模型。只分一组时所有通道一起归一化；"
        "组数等于通道数时就是实例归一化。",
    ),
    formula=r"y = \gamma_{c} \, \frac{x - \mu_{g}}{\sqrt{\sigma_{g}^{2} + \varepsilon}} + \beta_{c}, \quad c \in g",
    source="Wu, He: Group Normalization, 2018",
    params=(
        Int(
            name="num_groups",
            default=8,
            high=65_536,
            label=Words("Groups", "组数"),
            help=Words("How many groups; it must divide the channels.", "分成多少组；必须整除通道数。"),
        ),
        EPS,
        affine(),
        BIAS,
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
)
