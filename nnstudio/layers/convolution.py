"""Convolution along one, two or three axes, and transposed: settings, shapes, costs, modules."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd, prod
from operator import add, sub

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.lengths import slide, stretch
from nnstudio.layers.parameters import Bool, Choice, Int, Parameter, Size
from nnstudio.layers.spec import Cost, Dim, LayerError, ParamFix, Settings, Signal, count_elements, shape_text
from nnstudio.layers.windows import (
    Sizes,
    channels_in,
    check_fit,
    dilation,
    kernel_size,
    ones,
    said,
    short,
    size_text,
    span,
    step_text,
    stride,
    twice,
)

# Convolution


def conv_shape(layer: Words, p: Settings, x: Signal) -> Signal:
    """(C, *lengths) -> (out_channels, ⌊(length + 2·padding − window) / stride⌋ + 1 for every length).

    Raises:
        LayerError: the signal has other axes, the kernel does not fit, or settings exclude each other.
    """
    _check_groups(p, channels_in(layer, x.shape, len(p.kernel_size)))
    if p.padding == "same" and p.stride != ones(p.stride):
        raise _stride_with_same(p)
    lengths = x.shape[1:]
    check_fit(lengths, p.kernel_size, _added(p), p.dilation)
    if p.padding_mode in ("reflect", "circular"):
        _check_source_of_padding(p, lengths, _added(p))
    return Signal((p.out_channels, *_places(p, lengths)))


def conv_cost(p: Settings, x: Signal) -> Cost:
    """One kernel of (C / groups)·h·w weights and one bias per output channel; each weight works at every place."""
    channels = int(x.shape[0]) // p.groups
    weights = p.out_channels * channels * prod(p.kernel_size)
    bias = p.out_channels if p.bias else 0
    places = count_elements(_places(p, x.shape[1:]))
    return Cost(
        parameters=weights + bias,
        macs=None if places is None else places * weights,
        arithmetic=f"{p.out_channels}·({_product(channels, p.kernel_size)})" + (f" + {bias}" if bias else ""),
    )


def conv_line(p: Settings) -> str:
    """Channels and kernel, and the stride where there is one."""
    text = f"{p.out_channels} @ {size_text(p.kernel_size)}"
    return text if p.stride == ones(p.stride) else tr("{text}, stride {stride}", text=text, stride=step_text(p.stride))


def conv_module(target: str, p: Settings, x: Signal) -> Call:
    """Construct a convolution, saying only what differs from torch's defaults."""
    named = said(
        p, ("stride", 1), ("padding", 0), ("dilation", 1), ("groups", 1), ("bias", True), ("padding_mode", "zeros")
    )
    return call(target, x.shape[0], p.out_channels, kernel_size=short(p.kernel_size), **named)


def conv_params(axes: int) -> tuple[Parameter, ...]:
    """Describe the settings of a convolution along ``axes`` axes."""
    return (
        OUT_CHANNELS,
        kernel_size(axes, _KERNEL),
        stride(axes, _STRIDE_HELP[axes]),
        Size(
            name="padding",
            default=0,
            low=0,
            high=1_000,
            axes=axes,
            words=("same", "valid"),
            label=Words("Padding", "填充"),
            help=_PADDING_HELP[axes],
        ),
        dilation(axes),
        GROUPS,
        PADDING_MODE,
        BIAS,
    )


def _places(p: Settings, lengths: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """Return at how many places along each axis the kernel works."""
    return tuple(map(slide, lengths, span(p.kernel_size, p.dilation), p.stride, _added(p)))


def _added(p: Settings) -> Sizes:
    """Return the cells added to each length, both ends together."""
    if p.padding == "same":
        return tuple([length - 1 for length in span(p.kernel_size, p.dilation)])
    return (0,) * len(p.kernel_size) if p.padding == "valid" else twice(p.padding)


def _product(channels: int, kernel: Sizes) -> str:
    return "·".join(map(str, (channels, *kernel)))


def _check_groups(p: Settings, channels: int) -> None:
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


def _stride_with_same(p: Settings) -> LayerError:
    """Say that a stride and the padding that keeps the size exclude each other."""
    half = tuple(cells // 2 for cells in _added(p))
    steps = size_text(p.stride)
    message = (
        tr(
            'Padding "same" keeps the size of the image and a stride of {stride} makes it smaller: choose one of them.',
            stride=steps,
        )
        if len(p.stride) == 2
        else tr(
            'Padding "same" keeps the size of the input and a stride of {stride} makes it smaller: choose one of them.',
            stride=steps,
        )
    )
    return LayerError(
        message,
        ParamFix(tr("Set the padding to {size}", size=size_text(half)), {"padding": half}),
        ParamFix(tr("Set the stride to {size}", size=size_text(ones(half))), {"stride": 1}),
    )


def _check_source_of_padding(p: Settings, size: tuple[Dim, ...], added: Sizes) -> None:
    """Refuse padding that takes more cells from the input than it has; a mirror does not repeat the edge itself."""
    spare = 1 if p.padding_mode == "reflect" else 0
    pairs = zip(size, added, strict=True)
    if all(isinstance(length, str) or (cells + 1) // 2 <= length - spare for length, cells in pairs):
        return
    message = (
        tr("The padding is filled from the image, which is too small for that: {size}.", size=shape_text(size))
        if len(size) == 2
        else tr("The padding is filled from the input, which is too small for that: {size}.", size=shape_text(size))
    )
    raise LayerError(message, ParamFix(tr("Pad with zeros"), {"padding_mode": "zeros"}))


# Transposed convolution


def transposed_shape(layer: Words, p: Settings, x: Signal) -> Signal:
    """(C, *lengths) -> (out_channels, (length − 1)·stride − 2·padding + window + output_padding for every length).

    Raises:
        LayerError: the signal has other axes, nothing remains of it, or settings exclude each other.
    """
    _check_groups(p, channels_in(layer, x.shape, len(p.kernel_size)))
    _check_output_padding(p)
    lengths = x.shape[1:]
    leaving = tuple(map(stretch, lengths, p.stride, map(sub, _growth(p), twice(p.padding))))
    if any(isinstance(length, int) and length < 1 for length in leaving):
        raise _nothing_left(p, lengths, leaving)
    return Signal((p.out_channels, *leaving))


def transposed_cost(p: Settings, x: Signal) -> Cost:
    """C kernels of (out_channels / groups)·h·w weights, which work at every place of the input, and the biases."""
    channels, each = int(x.shape[0]), p.out_channels // p.groups
    weights = channels * each * prod(p.kernel_size)
    bias = p.out_channels if p.bias else 0
    places = count_elements(x.shape[1:])
    return Cost(
        parameters=weights + bias,
        macs=None if places is None else places * weights,
        arithmetic=f"{channels}·({_product(each, p.kernel_size)})" + (f" + {bias}" if bias else ""),
    )


def transposed_module(target: str, p: Settings, x: Signal) -> Call:
    """Construct a transposed convolution, saying only what differs from torch's defaults."""
    named = said(
        p, ("stride", 1), ("padding", 0), ("output_padding", 0), ("groups", 1), ("bias", True), ("dilation", 1)
    )
    return call(target, x.shape[0], p.out_channels, kernel_size=short(p.kernel_size), **named)


def transposed_params(axes: int) -> tuple[Parameter, ...]:
    """Describe the settings of a transposed convolution along ``axes`` axes."""
    return (
        OUT_CHANNELS,
        kernel_size(axes, _KERNEL),
        stride(
            axes,
            Words(
                "How far apart the stamps of neighbours are; 2 doubles the size.", "相邻两次叠加的间距；2 使大小加倍。"
            ),
        ),
        Size(
            name="padding",
            default=0,
            low=0,
            high=1_000,
            axes=axes,
            label=Words("Padding", "填充"),
            help=Words(
                "What is cut off at every end of the result: the padding of the convolution that is turned round.",
                "从结果的每一端裁掉多少：即被反过来的那个卷积的填充。",
            ),
        ),
        Size(
            name="output_padding",
            default=0,
            low=0,
            high=1_000,
            axes=axes,
            label=Words("Output padding", "输出填充"),
            help=Words(
                "Added to the size at one end, as several sizes shrink to the same one; less than stride or dilation.",
                "在一端补上的大小，因为不同的大小可能缩小为同一大小；须小于步幅或膨胀。",
            ),
        ),
        dilation(axes),
        GROUPS,
        BIAS,
    )


def _growth(p: Settings) -> Sizes:
    """Return what every length gains beside stride · length, nothing cut off."""
    reach = span(p.kernel_size, p.dilation)
    return tuple(map(add, map(sub, reach, p.stride), p.output_padding))


def _check_output_padding(p: Settings) -> None:
    most = tuple([length - 1 for length in map(max, p.stride, p.dilation)])
    fits = tuple(map(min, p.output_padding, most))
    if fits != p.output_padding:
        raise LayerError(
            tr(
                "The output padding must be smaller than stride or dilation, here at most {most}; it is {padding}.",
                most=size_text(most),
                padding=size_text(p.output_padding),
            ),
            ParamFix(tr("Set the output padding to {size}", size=size_text(fits)), {"output_padding": short(fits)}),
        )


def _nothing_left(p: Settings, lengths: tuple[Dim, ...], leaving: tuple[Dim, ...]) -> LayerError:
    """Say that the padding cuts everything off, and offer the largest that leaves something."""
    fits = tuple(
        min(cut, (step * length + grown - 1) // 2) if isinstance(length, int) else cut
        for length, step, grown, cut in zip(lengths, p.stride, _growth(p), p.padding, strict=True)
    )
    return LayerError(
        tr(
            "The padding of {padding} cuts off more than there is: {size} would remain.",
            padding=size_text(p.padding),
            size=shape_text(leaving),
        ),
        ParamFix(tr("Set the padding to {size}", size=size_text(fits)), {"padding": short(fits)}),
    )


# Settings

_KERNEL = Words("Kernel size", "卷积核大小")

_STRIDE_HELP: Mapping[int, Words] = {
    1: Words("How far the window moves each time; 2 halves the length.", "窗口每次移动的距离；2 使长度减半。"),
    2: Words("How far the window moves each time; 2 halves the image.", "窗口每次移动的距离；2 使图像减半。"),
    3: Words("How far the window moves each time; 2 halves every length.", "窗口每次移动的距离；2 使各边长减半。"),
}
_PADDING_HELP: Mapping[int, Words] = {
    1: Words(
        'Steps added at both ends; "same" keeps the length, "valid" adds none.',
        "在两端各补的步数；same 保持长度不变，valid 不补。",
    ),
    2: Words(
        'Pixels added at every edge; "same" keeps the size of the image, "valid" adds none.',
        "在每条边外补的像素数；same 保持图像大小不变，valid 不补。",
    ),
    3: Words(
        'Cells added at every face; "same" keeps the size, "valid" adds none.',
        "在每个面外补的单元数；same 保持大小不变，valid 不补。",
    ),
}

OUT_CHANNELS = Int(
    name="out_channels",
    default=16,
    high=65_536,
    label=Words("Output channels", "输出通道数"),
    help=Words("How many kernels there are, and so how many maps.", "卷积核的个数，也就是特征图的个数。"),
)
GROUPS = Int(
    name="groups",
    default=1,
    high=65_536,
    label=Words("Groups", "分组数"),
    help=Words(
        "The channels are split into this many groups that do not see each other.", "把通道分成互不相通的若干组。"
    ),
)
PADDING_MODE = Choice(
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
    help=Words("What the places that are added hold.", "补上的位置取什么值。"),
)
BIAS = Bool(
    name="bias",
    default=True,
    label=Words("Bias", "偏置"),
    help=Words("Add a trained number to every output channel.", "给每个输出通道加上一个可训练的数。"),
)
