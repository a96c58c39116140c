"""ZeroPad2d: puts a frame of zeros around an image."""

from __future__ import annotations

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.images import image_of
from nnstudio.layers.lengths import slide
from nnstudio.layers.parameters import Size
from nnstudio.layers.spec import LayerSpec, Settings, Signal
from nnstudio.layers.windows import Pair, short

TITLE = Words("ZeroPad2d", "零填充")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (C, H + top + bottom, W + left + right)."""
    channels, height, width = image_of(TITLE, x.shape)
    left, right, top, bottom = p.padding
    return Signal((channels, slide(height, 1, padding=top + bottom), slide(width, 1, padding=left + right)))


def line(p: Settings) -> str:
    """The width of the frame."""
    left, right, top, bottom = p.padding
    if len(set(p.padding)) == 1:
        return tr("{count} at every edge", count=left)
    return tr("left {left}, right {right}, top {top}, bottom {bottom}", left=left, right=right, top=top, bottom=bottom)


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.ZeroPad2d."""
    return call("nn.ZeroPad2d", short(p.padding))


def window(_p: Settings) -> tuple[Pair, Pair]:
    """Every number comes from one pixel, or from none."""
    return (1, 1), (1, 1)


SPEC = LayerSpec(
    kind="ZeroPad2d",
    title=TITLE,
    family="conv",
    place=8,
    stem="pad_",
    summary=Words("Puts a frame of zeros around the image.", "在图像四周补零。"),
    help=Words(
        "Convolutions pad by themselves, alike on both sides. This layer is for what they cannot do: another width at "
        "each edge, as when an even kernel has to keep the size, or zeros before a pooling that must see them.",
        "卷积自带填充，但两侧相同。这一层用于卷积做不到的情形：每条边的宽度不同（例如偶数大小的核要保持图像大小），"
        "或在池化之前补上需要计入的零。",
    ),
    formula=r"y_{c,\, i + t,\, j + l} = x_{c,i,j}, \quad y = 0 \; \mathrm{elsewhere}",
    source="PyTorch documentation: torch.nn.ZeroPad2d",
    params=(
        Size(
            name="padding",
            default=1,
            low=0,
            high=10_000,
            axes=4,
            label=Words("Padding", "填充"),
            help=Words(
                "Zeros at the left, the right, the top and the bottom; one number for all four.",
                "左、右、上、下各补多少个零；四边相同时写一个数。",
            ),
        ),
    ),
    shape=shape,
    line=line,
    module=module,
    window=window,
)
