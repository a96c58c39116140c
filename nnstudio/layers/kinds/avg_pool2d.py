"""AvgPool2d: of every window of the image the mean stays."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call
from nnstudio.layers.images import Pair, pair_text, pool_module, pool_shape, pool_stride
from nnstudio.layers.parameters import Size
from nnstudio.layers.spec import LayerSpec, Settings, Signal

TITLE = Words("Average pool", "平均池化")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, ⌊(H + 2·padding - kernel) / stride⌋ + 1, likewise W)."""
    return pool_shape(TITLE, p, x)


def line(p: Settings) -> str:
    """The window."""
    return tr("mean of {window}", window=pair_text(p.kernel_size))


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.AvgPool2d, saying only what differs from torch's defaults."""
    return pool_module("nn.AvgPool2d", p)


def window(p: Settings) -> tuple[Pair, Pair]:
    """The window and its stride."""
    return p.kernel_size, pool_stride(p)


SPEC = LayerSpec(
    kind="AvgPool2d",
    title=TITLE,
    family="pool",
    place=2,
    stem="pool_",
    summary=Words("Replaces every window by its mean.", "用平均值代替每个窗口。"),
    help=Words(
        "Makes maps smaller and smoother: every number of a window counts alike, where max pooling keeps the "
        "strongest alone. LeNet-5 pools in this way. There is nothing to train.",
        "使特征图更小、更平滑：窗口里每个数同等重要，而最大池化只留最强的一个。LeNet-5 就用这种池化。"
        "没有可训练的参数。",
    ),
    formula=r"y_{c,i,j} = \frac{1}{k^{2}} \sum_{u,v=0}^{k-1} x_{c,\, i s + u,\, j s + v}",
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
                "Zeros added at every edge, at most half the window; they count in the mean.",
                "在每条边外补的零，至多为窗口的一半；它们计入平均值。",
            ),
        ),
    ),
    shape=shape,
    line=line,
    module=module,
    window=window,
)
