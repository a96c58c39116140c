"""Subsampling: LeNet-5's pooling, which has something to train."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, Literal, call
from nnstudio.layers.images import channels_of, image_of
from nnstudio.layers.lengths import slide
from nnstudio.layers.parameters import Choice, Size
from nnstudio.layers.pooling import pool_stride
from nnstudio.layers.spec import Cost, LayerSpec, Settings, Signal, count_elements
from nnstudio.layers.windows import Pair, check_fit, pair, short, size_text

TITLE = Words("Subsampling", "下采样")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, ⌊(H − kernel) / stride⌋ + 1, likewise W)."""
    channels = channels_of(TITLE, x.shape)
    _, height, width = image_of(TITLE, x.shape)
    check_fit((height, width), p.kernel_size, (0, 0))
    stride = pool_stride(p)
    return Signal(
        (channels, slide(height, p.kernel_size[0], stride[0]), slide(width, p.kernel_size[1], stride[1])),
    )


def cost(p: Settings, x: Signal) -> Cost:
    """A coefficient and a bias per map. As with other pooling, no multiply-adds are counted.

    Every number that comes out is connected to all of its window and to its bias.
    """
    channels, numbers = int(x.shape[0]), count_elements(shape(p, x).shape)
    connections = None if numbers is None else numbers * (p.kernel_size[0] * p.kernel_size[1] + 1)
    return Cost(parameters=2 * channels, arithmetic=f"2·{channels}", connections=connections)


def line(p: Settings) -> str:
    """What is taken of which window."""
    if p.mode == "mean":
        return tr("mean of {window}", window=size_text(p.kernel_size))
    return tr("sum of {window}", window=size_text(p.kernel_size))


def module(p: Settings, x: Signal) -> Call:
    """Construct our own class, saying only what differs from its defaults."""
    said: dict[str, Literal] = {"kernel_size": short(p.kernel_size)}
    if pool_stride(p) != p.kernel_size:
        said["stride"] = short(p.stride)
    if p.mode == "mean":
        said["mean"] = True
    return call("own.Subsampling", x.shape[0], **said)


def window(p: Settings) -> tuple[Pair, Pair]:
    """The window and its stride."""
    return p.kernel_size, pair(pool_stride(p))


SPEC = LayerSpec(
    kind="Subsampling",
    title=TITLE,
    family="classic",
    place=3,
    stem="subsampling_",
    summary=Words("Sums every window, with a trained scale and bias.", "对每个窗口求和，再乘以可训练的系数并加偏置。"),
    help=Words(
        "The pooling of LeNet-5 (its layers S2 and S4): what lies under a window is added up, multiplied by one "
        "trained coefficient for the whole map, and one trained bias is added. A small coefficient makes the squashing "
        "function that follows work nearly linearly, so the layer blurs; a large one makes it decide, like a noisy OR "
        "or AND. At first each window gives its mean.",
        "LeNet-5 的池化（其中的 S2 和 S4 层）：把窗口下的数相加，乘以整张特征图共用的一个可训练系数，"
        "再加上一个可训练的偏置。系数小时，其后的挤压函数近似线性，这一层起模糊作用；系数大时则作出判断，"
        "类似带噪声的“或”或“与”。训练开始时，每个窗口给出平均值。",
    ),
    formula=r"y_{c,i,j} = w_{c} \sum_{u,v=0}^{k-1} x_{c,\, i s + u,\, j s + v} + b_{c}",
    source="LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998",
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
        Choice(
            name="mode",
            default="sum",
            options=("sum", "mean"),
            titles=(Words("sum", "求和"), Words("mean", "平均")),
            label=Words("Takes the", "取"),
            help=Words(
                "Whether the coefficient multiplies the sum of a window, as in the paper, or its mean.",
                "系数乘以窗口内各数之和（如原论文），还是乘以平均值。",
            ),
        ),
    ),
    shape=shape,
    cost=cost,
    line=line,
    module=module,
    window=window,
)
