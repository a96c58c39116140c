"""Blocks of networks that have to be small: separable convolutions, inverted residuals, squeeze and excitation."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.library.parts import CHANNELS, STRIDE, BlockSpec, block, labels, layer, parameter

_MOBILE_NET_V2 = "Sandler, Howard, Zhu, Zhmoginov, Chen: MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018"

SEPARABLE = BlockSpec(
    block=block(
        "SeparableConv",
        (parameter("channels", 16), parameter("stride", 1, later=1)),
        (
            layer("x", "Input", 0, shape=(32, 32, 32)),
            layer(
                "depthwise",
                "Conv2d",
                1,
                out_channels="=in_channels",
                groups="=in_channels",
                stride="=stride",
                kernel_size=3,
                padding=1,
                bias=False,
            ),
            layer("norm1", "BatchNorm2d", 2),
            layer("relu1", "ReLU6", 3),
            layer("pointwise", "Conv2d", 4, out_channels="=channels", kernel_size=1, bias=False),
            layer("norm2", "BatchNorm2d", 5),
            layer("y", "Output", 6),
        ),
        "x > depthwise > norm1 > relu1 > pointwise > norm2 > y",
    ),
    title=Words("Separable conv", "深度可分离卷积"),
    summary=Words("Each channel by itself, then all together.", "先逐通道卷积，再混合各通道。"),
    help=Words(
        "An ordinary convolution looks at places and channels at once. Here it is done in two steps: a 3×3 kernel for "
        "each channel by itself, then a 1×1 convolution that mixes the channels. That takes eight to nine times less "
        "work and almost as much comes out of it. MobileNetV2 begins with one.",
        "普通卷积同时处理空间位置和通道。这里分两步：先给每个通道各用一个 3×3 卷积核，再用 1×1 卷积混合各通道。"
        "计算量只有八、九分之一，效果却相差无几。MobileNetV2 以它开头。",
    ),
    source="Howard and others: MobileNets: Efficient Convolutional Neural Networks for Mobile Vision, 2017",
    labels=labels(channels=CHANNELS, stride=STRIDE),
    family="conv",
)

INVERTED_RESIDUAL = BlockSpec(
    block=block(
        "InvertedResidual",
        (parameter("channels", 16), parameter("stride", 1, later=1), parameter("expand", 6)),
        (
            layer("x", "Input", 0, shape=(16, 32, 32)),
            layer("widen", "Conv2d", 1, out_channels="=expand*in_channels", kernel_size=1, bias=False),
            layer("norm1", "BatchNorm2d", 2),
            layer("relu1", "ReLU6", 3),
            layer(
                "depthwise",
                "Conv2d",
                4,
                out_channels="=expand*in_channels",
                groups="=expand*in_channels",
                stride="=stride",
                kernel_size=3,
                padding=1,
                bias=False,
            ),
            layer("norm2", "BatchNorm2d", 5),
            layer("relu2", "ReLU6", 6),
            layer("narrow", "Conv2d", 7, out_channels="=channels", kernel_size=1, bias=False),
            layer("norm3", "BatchNorm2d", 8),
            layer("skip", "SkipAdd", 9),
            layer("y", "Output", 10),
        ),
        "x > widen > norm1 > relu1 > depthwise > norm2 > relu2 > narrow > norm3 > skip > y",
        "x > skip.skip",
    ),
    title=Words("Inverted residual", "倒残差块"),
    summary=Words("Wide inside, narrow outside, with a way around.", "内宽外窄，带绕行通路。"),
    help=Words(
        "The other way round than a bottleneck: a 1×1 convolution widens the signal, a 3×3 convolution works on each "
        "channel by itself, another 1×1 convolution narrows it again, without an activation, which would lose too much "
        "of the few channels. What came in is added where it has the same shape. Memory has to hold only the narrow "
        "signals between the blocks, which is why telephones like MobileNetV2.",
        "与瓶颈块相反：先用 1×1 卷积扩宽信号，再逐通道做 3×3 卷积，最后用 1×1 卷积收窄，"
        "且收窄后不用激活函数，以免损失过多信息。形状相同时再加上原来的输入。"
        "各块之间内存只需保存窄的信号，所以 MobileNetV2 适合手机。",
    ),
    source=_MOBILE_NET_V2,
    labels=labels(channels=CHANNELS, stride=STRIDE, expand=Words("Widening", "扩展倍数")),
)

SQUEEZE_EXCITATION = BlockSpec(
    block=block(
        "SqueezeExcitation",
        (parameter("ratio", 16),),
        (
            layer("x", "Input", 0, shape=(64, 32, 32)),
            layer("squeeze", "AdaptiveAvgPool2d", 1, 1, output_size=1),
            layer("reduce", "Conv2d", 2, 1, out_channels="=max(1, in_channels//ratio)", kernel_size=1),
            layer("relu", "ReLU", 3, 1),
            layer("restore", "Conv2d", 4, 1, out_channels="=in_channels", kernel_size=1),
            layer("gate", "Sigmoid", 5, 1),
            layer("scale", "Multiply", 6, stretch=True),
            layer("y", "Output", 7),
        ),
        "x > scale.input_1",
        "x > squeeze > reduce > relu > restore > gate > scale.input_2",
        "scale > y",
    ),
    title=Words("Squeeze-excitation", "压缩与激励"),
    summary=Words("Lets the network turn channels up and down.", "让网络调节各通道的强弱。"),
    help=Words(
        "Which channels matter depends on the image. Each channel is averaged to one number (squeeze), two small "
        "layers look at all these numbers and give one between 0 and 1 for each channel (excitation), and the channel "
        "is multiplied by it. It costs next to nothing and can stand behind any convolution.",
        "哪些通道重要取决于图像。先把每个通道平均成一个数（压缩），两个小层根据这些数为每个通道给出一个 0 到 1 之间的"
        "系数（激励），再乘到该通道上。它的开销极小，可放在任何卷积之后。",
    ),
    source="Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks, 2017",
    labels=labels(ratio=Words("Reduction", "压缩比")),
    family="attn",
)

SPECS = (SEPARABLE, INVERTED_RESIDUAL, SQUEEZE_EXCITATION)
