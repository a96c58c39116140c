"""Residual blocks: what comes in goes on beside a few convolutions, and both are added."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.library.parts import CHANNELS, STRIDE, BlockSpec, block, labels, layer, parameter

_SOURCE = "He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015"
_SHORTCUT = Words("Where shapes change", "形状改变处")

RESIDUAL = BlockSpec(
    block=block(
        "ResidualBlock",
        (parameter("channels", 16), parameter("stride", 1, later=1), parameter("shortcut", "projection")),
        (
            layer("x", "Input", 0, shape=(16, 32, 32)),
            layer(
                "conv1", "Conv2d", 1, out_channels="=channels", stride="=stride", kernel_size=3, padding=1, bias=False
            ),
            layer("norm1", "BatchNorm2d", 2),
            layer("relu1", "ReLU", 3),
            layer("conv2", "Conv2d", 4, out_channels="=channels", kernel_size=3, padding=1, bias=False),
            layer("norm2", "BatchNorm2d", 5),
            layer("shortcut", "Shortcut", 3, 1, out_channels="=channels", stride="=stride", fit="=shortcut"),
            layer("add", "Add", 6),
            layer("relu2", "ReLU", 7),
            layer("y", "Output", 8),
        ),
        "x > conv1 > norm1 > relu1 > conv2 > norm2 > add.input_1",
        "x > shortcut > add.input_2",
        "add > relu2 > y",
    ),
    title=Words("Residual block", "残差块"),
    summary=Words("Two convolutions and a way around them.", "两层卷积，外加一条绕行的通路。"),
    help=Words(
        "What comes in goes through two convolutions and, beside them, straight on; at the end both are added. So "
        "the convolutions only learn what to change, and the gradient always finds a short way back: "
        "networks of a hundred layers become trainable. A stride of 2 halves the image; of repeated copies only "
        "the first does. Where channels or size change, a 1×1 convolution fits the short way to them (projection), or "
        "pixels are left out and channels of zeros added (padding).",
        "输入一路经过两层卷积，一路直接绕行，最后两路相加。这样卷积只需学习要改变的部分，"
        "梯度也总有一条短路可以回传，上百层的网络因此能够训练。步幅为 2 时图像减半；重复多份时只有第一份减半。"
        "通道数或大小改变处，短路用 1×1 卷积与之匹配（projection），或跳过部分像素并补上全零的通道（padding）。",
    ),
    source=_SOURCE,
    labels=labels(channels=CHANNELS, stride=STRIDE, shortcut=_SHORTCUT),
)

BOTTLENECK = BlockSpec(
    block=block(
        "Bottleneck",
        (parameter("channels", 64), parameter("stride", 1, later=1), parameter("expansion", 4)),
        (
            layer("x", "Input", 0, shape=(64, 56, 56)),
            layer("conv1", "Conv2d", 1, out_channels="=channels", kernel_size=1, bias=False),
            layer("norm1", "BatchNorm2d", 2),
            layer("relu1", "ReLU", 3),
            layer(
                "conv2", "Conv2d", 4, out_channels="=channels", stride="=stride", kernel_size=3, padding=1, bias=False
            ),
            layer("norm2", "BatchNorm2d", 5),
            layer("relu2", "ReLU", 6),
            layer("conv3", "Conv2d", 7, out_channels="=expansion*channels", kernel_size=1, bias=False),
            layer("norm3", "BatchNorm2d", 8),
            layer("shortcut", "Shortcut", 4, 1, out_channels="=expansion*channels", stride="=stride"),
            layer("add", "Add", 9),
            layer("relu3", "ReLU", 10),
            layer("y", "Output", 11),
        ),
        "x > conv1 > norm1 > relu1 > conv2 > norm2 > relu2 > conv3 > norm3 > add.input_1",
        "x > shortcut > add.input_2",
        "add > relu3 > y",
    ),
    title=Words("Bottleneck", "瓶颈残差块"),
    summary=Words("A residual block that works on few channels.", "在较少通道上计算的残差块。"),
    help=Words(
        "A 1×1 convolution takes the many channels of a deep network down to a few, a 3×3 convolution works there, and "
        "another 1×1 convolution widens them again, by the expansion. That is cheaper than two 3×3 convolutions on all "
        "channels, and the way around is the same as in a residual block. ResNet-50, 101 and 152 are made of it; the "
        "stride is in the 3×3 convolution, as in today's versions.",
        "先用 1×1 卷积把深层网络的大量通道压缩为少数通道，在其上做 3×3 卷积，再用 1×1 卷积按扩展倍数恢复通道数。"
        "这比在全部通道上做两次 3×3 卷积便宜，绕行的通路与残差块相同。ResNet-50、101、152 由它组成；"
        "步幅放在 3×3 卷积中，与现今的实现一致。",
    ),
    source=_SOURCE,
    labels=labels(
        channels=Words("Width", "宽度"),
        stride=STRIDE,
        expansion=Words("Expansion", "扩展倍数"),
    ),
)

SPECS = (RESIDUAL, BOTTLENECK)
