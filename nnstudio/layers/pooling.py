"""Pooling along one, two or three axes: settings, shapes, modules. There is nothing to train in it."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.lengths import slide
from nnstudio.layers.parameters import Bool, Parameter, Size
from nnstudio.layers.spec import LayerError, ParamFix, Settings, Signal
from nnstudio.layers.windows import (
    Sizes,
    cells_of,
    check_fit,
    dilation,
    kernel_size,
    ones,
    said,
    short,
    size_text,
    span,
    twice,
)


def pool_shape(layer: Words, p: Settings, x: Signal, gaps: Sizes | None = None, *, whole: bool = False) -> Signal:
    """(C, *lengths) -> (C, ⌊(length + 2·padding − window) / stride⌋ + 1 for every length); with ceil_mode ⌈…⌉.

    Args:
        layer: what the layer is called in complaints.
        p: its settings.
        x: what comes in.
        gaps: the dilation, where the layer has one.
        whole: the window must fit without padding and overhang.

    Raises:
        LayerError: the signal has other axes, the padding exceeds half the window, or the window exceeds the input.
    """
    channels, lengths = cells_of(layer, x.shape, len(p.kernel_size))
    half = tuple([length // 2 for length in p.kernel_size])
    fits = tuple(map(min, p.padding, half))
    if fits != p.padding:
        raise LayerError(
            tr(
                "The padding may be at most half the window, here {most}; it is {padding}.",
                most=size_text(half),
                padding=size_text(p.padding),
            ),
            ParamFix(tr("Set the padding to {size}", size=size_text(fits)), {"padding": short(fits)}),
        )
    steps, added = pool_stride(p), twice(p.padding)
    reach = span(p.kernel_size, gaps or ones(p.kernel_size))
    if whole:
        check_fit(lengths, p.kernel_size, (0,) * len(reach))
    elif p.ceil_mode:
        check_fit(lengths, p.kernel_size, added, gaps, overhang=tuple(step - 1 for step in steps))
    else:
        check_fit(lengths, p.kernel_size, added, gaps)
    if p.ceil_mode:
        # A last window that sticks out counts if it begins within the input or the padding before it: so many
        # windows begin at or before the last place where one fits, rounded up, or else where one may begin.
        places = [min(more - far + step, more // 2) for far, step, more in zip(reach, steps, added, strict=True)]
        return Signal((channels, *(slide(*place) for place in zip(lengths, ones(reach), steps, places, strict=True))))
    return Signal((channels, *map(slide, lengths, reach, steps, added)))


def pool_stride(p: Settings) -> Sizes:
    """Return a pooling layer's stride: the size of its window where none is said."""
    stride: Sizes = p.kernel_size if p.stride is None else p.stride
    return stride


def max_pool_shape(layer: Words, p: Settings, x: Signal) -> Signal:
    """Return what max pooling leaves, channel by channel; see `pool_shape`."""
    return pool_shape(layer, p, x, p.dilation)


def max_pool_line(p: Settings) -> str:
    """The window."""
    return tr("largest of {window}", window=size_text(p.kernel_size))


def max_pool_module(target: str, p: Settings) -> Call:
    """Construct a max pooling module, saying only what differs from torch's defaults."""
    named = said(p, ("stride", _usual_stride(p)), ("padding", 0), ("dilation", 1), ("ceil_mode", False))
    return call(target, kernel_size=short(p.kernel_size), **named)


def avg_pool_line(p: Settings) -> str:
    """The window."""
    return tr("mean of {window}", window=size_text(p.kernel_size))


def avg_pool_module(target: str, p: Settings) -> Call:
    """Construct an average pooling module, saying only what differs from torch's defaults."""
    named = said(p, ("stride", _usual_stride(p)), ("padding", 0), ("ceil_mode", False), ("count_include_pad", True))
    return call(target, kernel_size=short(p.kernel_size), **named)


def _usual_stride(p: Settings) -> int | Sizes | None:
    return None if p.stride is None else short(p.kernel_size)


def adaptive_shape(layer: Words, p: Settings, x: Signal) -> Signal:
    """(C, *lengths) -> (C, *output_size), whatever the lengths are."""
    channels, _ = cells_of(layer, x.shape, len(p.output_size))
    return Signal((channels, *p.output_size))


def adaptive_mean_line(p: Settings) -> str:
    """The size it averages to."""
    if p.output_size == ones(p.output_size):
        return tr("mean per map")
    return tr("means, {size}", size=size_text(p.output_size))


def adaptive_max_line(p: Settings) -> str:
    """The size that remains."""
    if p.output_size == ones(p.output_size):
        return tr("largest per map")
    return tr("largest values, {size}", size=size_text(p.output_size))


def adaptive_module(target: str, p: Settings) -> Call:
    """Construct an adaptive pooling module."""
    return call(target, short(p.output_size))


def max_pool_params(axes: int) -> tuple[Parameter, ...]:
    """Describe the settings of max pooling along ``axes`` axes."""
    never = Words(
        "Cells added at every end, at most half the window; they never win.",
        "在每一端补的单元数，至多为窗口的一半；补的单元不会被选中。",
    )
    help_ = (
        never
        if axes != 2
        else Words(
            "Pixels added at every edge, at most half the window; they never win.",
            "在每条边外补的像素数，至多为窗口的一半；补的像素不会被选中。",
        )
    )
    return (kernel_size(axes, _WINDOW, 2), _stride(axes), _padding(axes, help_), dilation(axes), CEIL_MODE)


def avg_pool_params(axes: int) -> tuple[Parameter, ...]:
    """Describe the settings of average pooling along ``axes`` axes."""
    return (
        kernel_size(axes, _WINDOW, 2),
        _stride(axes),
        _padding(
            axes,
            Words("Zeros added at every edge, at most half the window.", "在每条边外补的零，至多为窗口的一半。"),
        ),
        CEIL_MODE,
        COUNT_INCLUDE_PAD,
    )


def adaptive_params(axes: int) -> tuple[Parameter, ...]:
    """Describe the setting of adaptive pooling along ``axes`` axes."""
    return (
        Size(
            name="output_size",
            default=1,
            axes=axes,
            label=Words("Output size", "输出大小"),
            help=_OUTPUT_HELP[axes],
        ),
    )


_WINDOW = Words("Window", "窗口大小")

_OUTPUT_HELP: Mapping[int, Words] = {
    1: Words("Length that remains; 1 means one number per channel.", "留下的长度；1 表示每个通道一个数。"),
    2: Words("Height and width that remain; 1 means one number per channel.", "留下的高和宽；1 表示每个通道一个数。"),
    3: Words(
        "Depth, height and width that remain; 1 means one number per channel.",
        "留下的深、高和宽；1 表示每个通道一个数。",
    ),
}


def _stride(axes: int) -> Size:
    return Size(
        name="stride",
        default=None,
        high=1_000,
        axes=axes,
        empty=True,
        label=Words("Stride", "步幅"),
        help=Words(
            "How far the window moves each time; left empty, by its own size, so that windows lie side by side.",
            "窗口每次移动的距离；留空则等于窗口大小，窗口彼此相邻。",
        ),
    )


def _padding(axes: int, help_: Words) -> Size:
    return Size(name="padding", default=0, low=0, high=500, axes=axes, label=Words("Padding", "填充"), help=help_)


CEIL_MODE = Bool(
    name="ceil_mode",
    default=False,
    label=Words("Round up", "向上取整"),
    help=Words(
        "Where the windows do not come out even, let the last one stick out instead of leaving the rest away.",
        "窗口不能恰好铺满时，让最后一个窗口伸出边界，而不是舍去剩余部分。",
    ),
)
COUNT_INCLUDE_PAD = Bool(
    name="count_include_pad",
    default=True,
    label=Words("Count the padding", "填充计入平均"),
    help=Words("Whether the zeros at the edges count in the mean.", "边缘补的零是否计入平均值。"),
)
