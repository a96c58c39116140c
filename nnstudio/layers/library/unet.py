"""Blocks of U-shaped networks, which give a picture for a picture."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.library.parts import CHANNELS, BlockSpec, block, labels, layer, parameter

_SOURCE = "Ronneberger, Fischer, Brox: U-Net: Convolutional Networks for Biomedical Image Segmentation, 2015"

DOUBLE_CONV = BlockSpec(
    block=block(
        "DoubleConv",
        (parameter("channels", 64),),
        (
            layer("x", "Input", 0, shape=(3, 64, 64)),
            layer("conv1", "Conv2d", 1, out_channels="=channels", kernel_size=3, padding=1, bias=False),
            layer("norm1", "BatchNorm2d", 2),
            layer("relu1", "ReLU", 3),
            layer("conv2", "Conv2d", 4, out_channels="=channels", kernel_size=3, padding=1, bias=False),
            layer("norm2", "BatchNorm2d", 5),
            layer("relu2", "ReLU", 6),
            layer("y", "Output", 7),
        ),
        "x > conv1 > norm1 > relu1 > conv2 > norm2 > relu2 > y",
    ),
    title=Words("Double conv", "双层卷积"),
    summary=Words("Two 3×3 convolutions that keep the size.", "两层保持大小的 3×3 卷积。"),
    help=Words(
        "Convolution, batch norm and ReLU, twice. The image keeps its size. A U-Net is made of it: on the way down "
        "with a max pooling behind it, on the way up within each level.",
        "卷积、批归一化和 ReLU，做两遍，图像大小不变。U-Net 由它组成：下行时其后接最大池化，上行时用在每一级之中。",
    ),
    source=_SOURCE,
    labels=labels(channels=CHANNELS),
    family="conv",
)

UNET_LEVEL = BlockSpec(
    block=block(
        "UNetLevel",
        (parameter("channels", 64),),
        (
            layer("below", "Input", 0, shape=(128, 32, 32)),
            layer("skip", "Input", 0, 1, shape=(64, 64, 64)),
            layer("up", "ConvTranspose2d", 1, out_channels="=channels", kernel_size=2, stride=2),
            layer("join", "Concat", 2),
            layer("convs", "Block", 3, block="DoubleConv", channels="=channels"),
            layer("y", "Output", 4),
        ),
        "below > up > join.input_2",
        "skip > join.input_1",
        "join > convs > y",
    ),
    title=Words("U-Net level", "U-Net 上行级"),
    summary=Words("Doubles the size and adds what was seen on the way down.", "放大一倍，并接上下行时的特征。"),
    help=Words(
        "One step of the way up: what comes from below, small and rich in meaning, is doubled in size and put beside "
        "what the way down saw at this size, which knows where the edges are; two convolutions make one of both.",
        "上行的一步：来自下方的特征小而富含语义，先放大一倍，再与下行时同样大小、保留边缘位置的特征拼接，"
        "最后用两层卷积融合。",
    ),
    source=_SOURCE,
    labels=labels(channels=CHANNELS),
)

SPECS = (DOUBLE_CONV, UNET_LEVEL)
