"""Unfold: takes an image apart into the patches that a window sees, one column each."""

from __future__ import annotations

from math import prod

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.lengths import multiply, slide
from nnstudio.layers.parameters import Size
from nnstudio.layers.spec import LayerSpec, Settings, Signal
from nnstudio.layers.windows import (
    cells_of,
    check_fit,
    dilation,
    kernel_size,
    said,
    short,
    size_text,
    span,
    stride,
    twice,
)

TITLE = Words("Unfold", "滑窗展开")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C·kernel, number of places)."""
    channels, lengths = cells_of(TITLE, x.shape, 2)
    added = twice(p.padding)
    check_fit(lengths, p.kernel_size, added, p.dilation)
    places = map(slide, lengths, span(p.kernel_size, p.dilation), p.stride, added)
    return Signal((multiply([channels, prod(p.kernel_size)]), multiply(places)))


def line(p: Settings) -> str:
    """The window."""
    return tr("patches of {window}", window=size_text(p.kernel_size))


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.Unfold, saying only what differs from torch's defaults."""
    named = said(p, ("dilation", 1), ("padding", 0), ("stride", 1))
    return call("nn.Unfold", kernel_size=short(p.kernel_size), **named)


SPEC = LayerSpec(
    kind="Unfold",
    title=TITLE,
    family="conv",
    place=10,
    stem="patches_",
    summary=Words("Cuts an image into patches, one column each.", "把图像切成小块，每块排成一列。"),
    help=Words(
        "At every place of the window the numbers under it become one column. A convolution is just that, followed by "
        "a Dense layer on every column. With a stride as large as the window it cuts an image into tiles, as a Vision "
        "Transformer does; Permute then puts the tiles first.",
        "窗口每到一处，就把窗下的数排成一列。卷积正是先这样展开，再对每一列做全连接。"
        "步幅等于窗口大小时，图像被切成互不重叠的小块，如视觉 Transformer；再用维度重排把小块放到前面。",
    ),
    formula=r"y_{(d k + u) k + v,\; i W^{\prime} + j} = x_{d,\, i s + u,\, j s + v}",
    source="Chellapilla, Puri, Simard: High Performance Convolutional Neural Networks for Document Processing, 2006",
    params=(
        kernel_size(2, Words("Window", "窗口大小")),
        dilation(2),
        Size(
            name="padding",
            default=0,
            low=0,
            high=1_000,
            label=Words("Padding", "填充"),
            help=Words("Zeros added at every edge.", "在每条边外补的零。"),
        ),
        stride(2, Words("How far the window moves each time.", "窗口每次移动的距离。")),
    ),
    shape=shape,
    line=line,
    module=module,
)
