"""MaxPool2d: of every window of the image only the largest value stays."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call
from nnstudio.layers.images import Pair, pair_text, pool_module, pool_shape, pool_stride
from nnstudio.layers.parameters import Size
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Max pool", "最大池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, ⌊(H + 2·padding − kernel) / stride⌋ + 1, likewise W)."""
    return pool_shape(TITLE, p, x)


def line(p: Settings) -> str:
    """The window."""
    return tr("largest of {window}", window=pair_text(p.kernel_size))


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.MaxPool2d, saying only what differs from torch's defaults."""
    return pool_module("nn.MaxPool2d", p)


def window(p: Settings) -> tuple[Pair, Pair]:
    """The window and its stride."""
    return p.kernel_size, pool_stride(p)


SPEC = LayerSpec(
    kind="MaxPool2d",
    title=TITLE,
    family="pool",
    place=1,
    stem="pool_",
    summary=Words("Keeps the largest value of every window.", "只保留每个窗口中的最大值。"),
    help=Words(
        "Makes maps smaller and what comes after cheaper. As only the strongest answer of a window counts, "
        "a pattern may move a little and is still found. There is nothing to train.",
        "缩小特征图，使后面的计算更省。因为每个窗口只看最强的响应，图样稍有移动也仍能找到。没有可训练的参数。",
    ),
    formula=r"y_{c,i,j} = \max_{u,v} \; x_{c,\, i s + u,\, j s + v}",
    source="Goodfellow, Bengio, Courville: Deep Learning, chapter 9",
    params=(
        Size(
            name="kernel_size",
            default=2,
            high=1_000,
            label=Words("Window", "窗口大小"),
            help=Words("Height and width of the window, in pixels.", "窗口的高和宽，以像素计。"),
        ),
        Size(
            name="stride",
            default=None,
            high=1_000,
            empty=True,
            label=Words("Stride", "步幅"),
            help=Words(
                "How far the window moves each time; left empty, by its own size, so that windows lie side by side.",
                "窗口每次移动的距离；留空则等于窗口大小，窗口彼此相邻。",
            ),
        ),
        Size(
            name="padding",
            default=0,
            low=0,
            high=500,
            label=Words("Padding", "填充"),
            help=Words(
                "Pixels added at every edge, at most half the window; they never win.",
                "在每条边外补的像素数，至多为窗口的一半；补的像素不会被选中。",
            ),
        ),
    ),
    shape=shape,
    line=line,
    module=module,
    window=window,
)
