"""Conv2d: learned kernels slide over an image, each drawing a map of where its pattern occurs."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.code import Call
from nnstudio.layers.convolution import conv_cost, conv_line, conv_module, conv_params, conv_shape
from nnstudio.layers.spec import LayerSpec, Settings, Signal
from nnstudio.layers.windows import Pair, pair, span

TITLE = Words("Conv2d", "二维卷积")


def shape(p: Settings, x: Signal) -> Signal:
    """(C, H, W) -> (out_channels, ⌊(H + 2·padding − window) / stride⌋ + 1, likewise W)."""
    return conv_shape(TITLE, p, x)


def module(p: Settings, x: Signal) -> Call:
    """torch.nn.Conv2d, saying only what differs from torch's defaults."""
    return conv_module("nn.Conv2d", p, x)


def window(p: Settings) -> tuple[Pair, Pair]:
    """What the kernel spans, and its stride."""
    return pair(span(p.kernel_size, p.dilation)), p.stride


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
    params=conv_params(2),
    shape=shape,
    cost=conv_cost,
    line=conv_line,
    module=module,
    window=window,
    weights=True,
)
