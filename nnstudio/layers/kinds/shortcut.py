"""Shortcut: the way around a residual block, which changes a signal only as far as its shape has to change."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Apply, Call, Expression, Input, Slice, apply, call
from nnstudio.layers.images import channels_of
from nnstudio.layers.lengths import slide
from nnstudio.layers.parameters import Choice, Int, Size
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, ParamFix, Settings, Signal, count_elements
from nnstudio.layers.windows import Pair, short, step_text

TITLE = Words("Shortcut", "捷径连接")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (out_channels, ⌊(H - 1) / stride⌋ + 1, likewise W)."""
    channels = channels_of(TITLE, x.shape)
    if p.fit == "padding" and p.out_channels < channels:
        raise LayerError(
            tr(
                "Padding adds channels and takes none away: {channels} channels arrive, {out} are asked for.",
                channels=channels,
                out=p.out_channels,
            ),
            ParamFix(tr("Use a projection"), {"fit": "projection"}),
        )
    return Signal((p.out_channels, slide(x.shape[1], 1, p.stride[0]), slide(x.shape[2], 1, p.stride[1])))


def passes(p: Settings, x: Signal) -> bool:
    """Tell whether the signal already has the shape that is wanted."""
    return bool(x.shape[0] == p.out_channels and p.stride == (1, 1))


def cost(p: Settings, x: Signal) -> Cost:
    """Nothing where the signal passes or is padded; else a 1×1 convolution without bias, and a batch norm."""
    if passes(p, x) or p.fit == "padding":
        return Cost()
    channels = int(x.shape[0])
    weights = p.out_channels * channels
    places = count_elements(shape(p, x).shape[1:])
    return Cost(
        parameters=weights + 2 * p.out_channels,
        buffers=2 * p.out_channels + 1,
        macs=None if places is None else places * weights,
        arithmetic=f"{p.out_channels}·{channels} + 2·{p.out_channels}",
    )


def line(p: Settings) -> str:
    """Channels, and the stride where there is one."""
    text = tr("{channels} channels", channels=p.out_channels)
    return text if p.stride == (1, 1) else tr("{text}, stride {stride}", text=text, stride=step_text(p.stride))


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.Identity, or a projection: 1×1 convolution and batch norm."""
    if passes(p, x) or p.fit == "padding":
        return call("nn.Identity")
    said = {} if p.stride == (1, 1) else {"stride": short(p.stride)}
    return call(
        "nn.Sequential",
        call("nn.Conv2d", x.shape[0], p.out_channels, kernel_size=1, **said, bias=False),
        call("nn.BatchNorm2d", p.out_channels),
    )


def forward(p: Settings, x: Signal) -> Expression:
    """The module; padded, of every stride-th pixel, with channels of zeros behind the others."""
    if passes(p, x) or p.fit == "projection":
        return Apply()
    taken: Expression = apply(Input(0))
    for axis, stride in enumerate(p.stride, 2):
        if stride > 1:
            taken = Slice(taken, axis, step=stride)
    added = p.out_channels - int(x.shape[0])
    return call("nn.functional.pad", taken, (0, 0, 0, 0, 0, added)) if added else taken


def window(p: Settings) -> tuple[Pair, Pair]:
    """One pixel, and the stride."""
    return (1, 1), p.stride


SPEC = LayerSpec(
    kind="Shortcut",
    title=TITLE,
    family="merge",
    place=9,
    stem="shortcut_",
    summary=Words("The way around a residual block.", "绕过残差块的通路。"),
    help=Words(
        "Where channels and size stay, the signal passes untouched and nothing is trained. Where the block changes "
        "them, a 1×1 convolution and a batch norm give the signal the same shape, so that both ways can be added. "
        "Padding does it without anything to train: pixels are left out and channels of zeros added.",
        "通道数和大小不变时，信号原样通过，没有可训练的参数。若残差块改变了它们，就用 1×1 卷积和批归一化"
        "把信号变成相同的形状，使两路可以相加。补零方式则不含可训练的参数：跳过部分像素，并添加全零的通道。",
    ),
    formula=r"y = x \quad \mathrm{or} \quad y = \mathrm{BN}(W_{s} \, x)",
    source="He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015",
    params=(
        Int(
            name="out_channels",
            default=16,
            high=65_536,
            label=Words("Output channels", "输出通道数"),
            help=Words("As many as the block beside it gives.", "与旁边残差块的输出通道数相同。"),
        ),
        Size(
            name="stride",
            default=1,
            high=1_000,
            label=Words("Stride", "步幅"),
            help=Words("The same as in the block beside it.", "与旁边残差块的步幅相同。"),
        ),
        Choice(
            name="fit",
            default="projection",
            options=("projection", "padding"),
            titles=(Words("1×1 convolution", "1×1 卷积"), Words("channels of zeros", "补零通道")),
            label=Words("Where shapes change", "形状改变处"),
            help=Words("What gives the signal another shape.", "用什么方式改变信号的形状。"),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    forward=forward,
    window=window,
)
