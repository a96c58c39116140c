"""Conv2d: learned kernels slide over an image, each drawing a map of where its pattern occurs."""

from __future__ import annotations

from math import gcd

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.images import Pair, channels_of, check_fit, image_of, pair_text, reach, short, step_text
from nnstudio.layers.lengths import slide
from nnstudio.layers.parameters import Bool, Choice, Int, Size
from nnstudio.layers.spec import (
    Cost,
    Dim,
    LayerError,
    LayerSpec,
    ParamFix,
    Settings,
    Signal,
    count_elements,
    shape_text,
)

TITLE = Words("Conv2d", "二维卷积")


def total_padding(p: Settings) -> Pair:
    """Return the pixels added to the height and to the width, both ends together."""
    if p.padding == "same":
        window = reach(p.kernel_size, p.dilation)
        return (window[0] - 1, window[1] - 1)
    return (2 * p.padding[0], 2 * p.padding[1])


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (out_channels, ⌊(H + 2·padding − window) / stride⌋ + 1, likewise W)."""
    check_groups(p, channels_of(TITLE, x.shape))
    if p.padding == "same" and p.stride != (1, 1):
        raise stride_with_same(p)
    _, height, width = image_of(TITLE, x.shape)
    added = total_padding(p)
    check_fit((height, width), p.kernel_size, added, p.dilation)
    if p.padding_mode in ("reflect", "circular"):
        check_source_of_padding(p, (height, width), added)
    span = reach(p.kernel_size, p.dilation)
    rows = slide(height, span[0], p.stride[0], added[0])
    columns = slide(width, span[1], p.stride[1], added[1])
    return Signal((p.out_channels, rows, columns))


def check_groups(p: Settings, channels: int) -> None:
    """Refuse groups that do not divide both numbers of channels."""
    both = gcd(channels, p.out_channels)
    if both % p.groups:
        fits = max(number for number in range(1, min(p.groups, both) + 1) if both % number == 0)
        raise LayerError(
            tr(
                "{groups} groups must divide both the {channels} input channels and the {out} output channels.",
                groups=p.groups,
                channels=channels,
                out=p.out_channels,
            ),
            ParamFix(tr("Set groups to {groups}", groups=fits), {"groups": fits}),
        )


def stride_with_same(p: Settings) -> LayerError:
    """Say that a stride and the padding that keeps the size exclude each other."""
    half = tuple(pixels // 2 for pixels in total_padding(p))
    return LayerError(
        tr(
            'Padding "same" keeps the size of the image and a stride of {stride} makes it smaller: choose one of them.',
            stride=pair_text(p.stride),
        ),
        ParamFix(tr("Set the padding to {size}", size=pair_text((half[0], half[1]))), {"padding": half}),
        ParamFix(tr("Set the stride to {size}", size=pair_text((1, 1))), {"stride": 1}),
    )


def check_source_of_padding(p: Settings, size: tuple[Dim, Dim], added: Pair) -> None:
    """Refuse padding that takes more pixels from the image than it has; a mirror does not repeat the edge itself."""
    spare = 1 if p.padding_mode == "reflect" else 0
    for length, pixels in zip(size, added, strict=True):
        if isinstance(length, int) and (pixels + 1) // 2 > length - spare:
            raise LayerError(
                tr("The padding is filled from the image, which is too small for that: {size}.", size=shape_text(size)),
                ParamFix(tr("Pad with zeros"), {"padding_mode": "zeros"}),
            )


def cost(p: Settings, x: Signal) -> Cost:
    """One kernel of (C / groups)·h·w weights and one bias per output channel; each weight works at every place."""
    channels = int(x.shape[0]) // p.groups
    height, width = p.kernel_size
    weights = p.out_channels * channels * height * width
    bias = p.out_channels if p.bias else 0
    places = count_elements(shape(p, x).shape[1:])
    return Cost(
        parameters=weights + bias,
        macs=None if places is None else places * weights,
        arithmetic=f"{p.out_channels}·({channels}·{height}·{width})" + (f" + {bias}" if bias else ""),
    )


def line(p: Settings) -> str:
    """Channels and kernel, and the stride where there is one."""
    text = f"{p.out_channels} @ {pair_text(p.kernel_size)}"
    return text if p.stride == (1, 1) else tr("{text}, stride {stride}", text=text, stride=step_text(p.stride))


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.Conv2d, saying only what differs from torch's defaults."""
    said: dict[str, Literal] = {"kernel_size": short(p.kernel_size)}
    if p.stride != (1, 1):
        said["stride"] = short(p.stride)
    if p.padding != (0, 0):
        said["padding"] = p.padding if p.padding == "same" else short(p.padding)
    if p.dilation != (1, 1):
        said["dilation"] = short(p.dilation)
    if p.groups != 1:
        said["groups"] = p.groups
    if not p.bias:
        said["bias"] = False
    if p.padding_mode != "zeros":
        said["padding_mode"] = p.padding_mode
    return call("nn.Conv2d", x.shape[0], p.out_channels, **said)


def window(p: Settings) -> tuple[Pair, Pair]:
    """What the kernel spans, and its stride."""
    return reach(p.kernel_size, p.dilation), p.stride


SPEC = LayerSpec(
    kind="Conv2d",
    title=TITLE,
    family="conv",
    place=1,
    stem="conv_",
    summary=Words("Slides learned kernels over the image.", "用学到的卷积核扫过图像。"),
    help=Words(
        "Every output channel has a kernel: a small window of weights. At every place of the image it multiplies what "
        "lies under the window by the weights and adds it all up, so it answers strongly where its pattern is. "
        "The same few weights serve the whole image, and a pattern is found wherever it stands. Like torch, it "
        "does not turn the kernel over (cross-correlation).",
        "每个输出通道有一个卷积核，也就是一小窗权重。在图像的每个位置，把窗下的数与权重相乘再求和，"
        "所以图样出现的地方响应就强。整幅图像共用这几个权重，图样在哪里都能找到。"
        "与 torch 一样，卷积核不翻转（即互相关）。",
    ),
    formula=r"Z^{p} = \sum_{d} W^{p,d} \otimes X^{d} + b^{p}",
    source="Qiu: Neural Networks and Deep Learning, 2020, chapter 5; after LeCun and others, 1998",
    params=(
        Int(
            name="out_channels",
            default=16,
            high=65_536,
            label=Words("Output channels", "输出通道数"),
            help=Words("How many kernels there are, and so how many maps.", "卷积核的个数，也就是特征图的个数。"),
        ),
        Size(
            name="kernel_size",
            default=3,
            high=1_000,
            label=Words("Kernel size", "卷积核大小"),
            help=Words("Height and width of the window, in pixels.", "窗口的高和宽，以像素计。"),
        ),
        Size(
            name="stride",
            default=1,
            high=1_000,
            label=Words("Stride", "步幅"),
            help=Words("How far the window moves each time; 2 halves the image.", "窗口每次移动的距离；2 使图像减半。"),
        ),
        Size(
            name="padding",
            default=0,
            low=0,
            high=1_000,
            words=("same",),
            label=Words("Padding", "填充"),
            help=Words(
                'Pixels added at every edge; "same" keeps the size of the image.',
                "在每条边外补的像素数；same 保持图像大小不变。",
            ),
        ),
        Size(
            name="dilation",
            default=1,
            high=1_000,
            label=Words("Dilation", "膨胀"),
            help=Words(
                "Distance between the pixels under the kernel; 1 leaves no gaps.",
                "核内相邻像素的间距；1 表示没有空隙。",
            ),
        ),
        Int(
            name="groups",
            default=1,
            high=65_536,
            label=Words("Groups", "分组数"),
            help=Words(
                "The channels are split into this many groups that do not see each other.",
                "把通道分成互不相通的若干组。",
            ),
        ),
        Choice(
            name="padding_mode",
            default="zeros",
            options=("zeros", "reflect", "replicate", "circular"),
            titles=(
                Words("Zeros", "零"),
                Words("Mirrored image", "镜像"),
                Words("Repeated edge", "重复边缘"),
                Words("Opposite edge", "对侧边缘"),
            ),
            label=Words("Padding with", "填充内容"),
            help=Words("What the added pixels hold.", "补上的像素取什么值。"),
        ),
        Bool(
            name="bias",
            default=True,
            label=Words("Bias", "偏置"),
            help=Words("Add a trained number to every output channel.", "给每个输出通道加上一个可训练的数。"),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    window=window,
    weights=True,
)
