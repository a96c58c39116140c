"""Blocks of densely connected networks: every layer sees all that came before."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.library.parts import BlockSpec, block, labels, layer, parameter

_SOURCE = "Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks, 2016"
_GROWTH = Words("Growth", "增长率")
_WIDTH = Words("Channels inside, in growths", "内部通道（增长率的倍数）")

DENSE_LAYER = BlockSpec(
    block=block(
        "DenseLayer",
        (parameter("growth", 32), parameter("width", 4)),
        (
            layer("x", "Input", 0, shape=(64, 32, 32)),
            layer("norm1", "BatchNorm2d", 1),
            layer("relu1", "ReLU", 2),
            layer("conv1", "Conv2d", 3, out_channels="=width*growth", kernel_size=1, bias=False),
            layer("norm2", "BatchNorm2d", 4),
            layer("relu2", "ReLU", 5),
            layer("conv2", "Conv2d", 6, out_channels="=growth", kernel_size=3, padding=1, bias=False),
            layer("join", "Concat", 7, 1),
            layer("y", "Output", 8, 1),
        ),
        "x > norm1 > relu1 > conv1 > norm2 > relu2 > conv2 > join.input_2",
        "x > join.input_1",
        "join > y",
    ),
    title=Words("Dense layer", "稠密层"),
    summary=Words("Adds a few channels to all that came before.", "在已有的全部通道之后再添几个。"),
    help=Words(
        "What comes in goes on as it is, and behind its channels come as many new ones as the growth says. So later "
        "layers see everything that earlier ones found, and no layer has to find it again. Repeated, it is a dense "
        "block, whose channels grow copy by copy.",
        "输入原样通过，其后再接上“增长率”那么多个新通道。后面的层因此能看到前面各层的全部结果，不必重新学习。"
        "重复多份即为稠密块，通道数逐份增长。",
    ),
    source=_SOURCE,
    labels=labels(growth=_GROWTH, width=_WIDTH),
)

DENSE_BLOCK = BlockSpec(
    block=block(
        "DenseBlock",
        (parameter("layers", 6), parameter("growth", 32), parameter("width", 4)),
        (
            layer("x", "Input", 0, shape=(64, 32, 32)),
            layer("layer", "Block", 1, block="DenseLayer", repeat="=layers", growth="=growth", width="=width"),
            layer("y", "Output", 2),
        ),
        "x > layer > y",
    ),
    title=Words("Dense block", "稠密块"),
    summary=Words("Dense layers in a row.", "一串稠密层。"),
    help=Words(
        "A chain of dense layers: each sees the input and what all layers before it added. The channels at the end are "
        "those at the beginning plus the growth times the number of layers; a transition takes them down again.",
        "一串稠密层：每一层都能看到输入以及之前各层添加的通道。最后的通道数等于最初的通道数加上增长率乘以层数，"
        "再由过渡层降下来。",
    ),
    source=_SOURCE,
    labels=labels(layers=Words("Layers", "层数"), growth=_GROWTH, width=_WIDTH),
)

TRANSITION = BlockSpec(
    block=block(
        "Transition",
        (parameter("compression", 0.5),),
        (
            layer("x", "Input", 0, shape=(64, 32, 32)),
            layer("norm", "BatchNorm2d", 1),
            layer("relu", "ReLU", 2),
            layer("conv", "Conv2d", 3, out_channels="=floor(compression*in_channels)", kernel_size=1, bias=False),
            layer("pool", "AvgPool2d", 4, kernel_size=2, stride=2),
            layer("y", "Output", 5),
        ),
        "x > norm > relu > conv > pool > y",
    ),
    title=Words("Transition", "过渡层"),
    summary=Words("Fewer channels and half the size.", "减少通道，图像减半。"),
    help=Words(
        "Stands between two dense blocks: a 1×1 convolution takes the channels down, to half of them with a "
        "compression of 0.5, and an average pooling halves the image.",
        "位于两个稠密块之间：1×1 卷积减少通道（压缩率 0.5 时减半），平均池化使图像减半。",
    ),
    source=_SOURCE,
    labels=labels(compression=Words("Compression", "压缩率")),
    family="pool",
)

SPECS = (DENSE_LAYER, DENSE_BLOCK, TRANSITION)
