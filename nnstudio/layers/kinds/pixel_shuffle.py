"""PixelShuffle: makes an image larger by laying channels side by side."""

from __future__ import annotations

from math import isqrt

from nnstudio.core.words import Words, tr
from nnstudio.layers.code import Call, call
from nnstudio.layers.images import channels_of
from nnstudio.layers.lengths import multiply
from nnstudio.layers.parameters import Int
from nnstudio.layers.spec import LayerError, LayerSpec, ParamFix, Settings, Signal

TITLE = Words("PixelShuffle", "像素重排")


def shape(p: Settings, x: Signal) -> Signal:
    """(C·r², H, W) -> (C, H·r, W·r)."""
    channels, square = channels_of(TITLE, x.shape), p.upscale_factor**2
    if channels % square:
        fits = [factor for factor in range(2, isqrt(channels) + 1) if channels % factor**2 == 0]
        raise LayerError(
            tr(
                "Enlarging by {factor} takes {square} channels for each one that remains; it gets {channels}.",
                factor=p.upscale_factor,
                square=square,
                channels=channels,
            ),
            *(
                ParamFix(tr("Enlarge by {factor}", factor=factor), {"upscale_factor": factor})
                for factor in sorted(fits, key=lambda factor: abs(factor - p.upscale_factor))[:1]
            ),
        )
    larger = (multiply([length, p.upscale_factor]) for length in x.shape[1:])
    return Signal((channels // square, *larger))


def line(p: Settings) -> str:
    """How much larger."""
    return f"× {p.upscale_factor}"


def module(p: Settings, _x: Signal) -> Call:
    """torch.nn.PixelShuffle."""
    return call("nn.PixelShuffle", p.upscale_factor)


SPEC = LayerSpec(
    kind="PixelShuffle",
    title=TITLE,
    family="conv",
    place=9,
    stem="shuffle_",
    summary=Words("Turns channels into a larger image.", "把通道排成更大的图像。"),
    help=Words(
        "Every r·r channels become one channel that is r times as high and wide: each pixel turns into a square of "
        "r by r. Nothing is computed, so the convolution before does all the work on the small image. Networks for "
        "super-resolution end in this way.",
        "每 r·r 个通道合成一个通道，其高和宽各为 r 倍：每个像素变成 r 乘 r 的小方块。"
        "这里不作任何计算，全部工作由前面的卷积在小图上完成。超分辨率网络常以它结尾。",
    ),
    formula=r"y_{c,\, i r + u,\, j r + v} = x_{c r^{2} + u r + v,\, i,\, j}",
    source="Shi and others: Real-Time Single Image and Video Super-Resolution, 2016",
    params=(
        Int(
            name="upscale_factor",
            default=2,
            high=1_000,
            label=Words("Scale", "放大倍数"),
            help=Words("How many times as high and wide the image becomes.", "图像的高和宽变为原来的多少倍。"),
        ),
    ),
    shape=shape,
    line=line,
    module=module,
)
