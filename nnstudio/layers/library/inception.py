"""Inception: several ways of looking at the same image side by side."""

from __future__ import annotations

from nnstudio.core.words import Words
from nnstudio.layers.library.parts import BlockSpec, block, labels, layer, parameter

INCEPTION = BlockSpec(
    block=block(
        "Inception",
        (
            parameter("ch1x1", 64),
            parameter("ch3x3red", 96),
            parameter("ch3x3", 128),
            parameter("ch5x5red", 16),
            parameter("ch5x5", 32),
            parameter("pool_proj", 32),
        ),
        (
            layer("x", "Input", 0, 1, shape=(192, 28, 28)),
            layer("conv1", "Conv2d", 1, 0, out_channels="=ch1x1", kernel_size=1),
            layer("relu1", "ReLU", 2, 0),
            layer("reduce3", "Conv2d", 1, 1, out_channels="=ch3x3red", kernel_size=1),
            layer("relu_r3", "ReLU", 2, 1),
            layer("conv3", "Conv2d", 3, 1, out_channels="=ch3x3", kernel_size=3, padding=1),
            layer("relu3", "ReLU", 4, 1),
            layer("reduce5", "Conv2d", 1, 2, out_channels="=ch5x5red", kernel_size=1),
            layer("relu_r5", "ReLU", 2, 2),
            layer("conv5", "Conv2d", 3, 2, out_channels="=ch5x5", kernel_size=5, padding=2),
            layer("relu5", "ReLU", 4, 2),
            layer("pool", "MaxPool2d", 1, 3, kernel_size=3, stride=1, padding=1),
            layer("project", "Conv2d", 2, 3, out_channels="=pool_proj", kernel_size=1),
            layer("relu_p", "ReLU", 3, 3),
            layer("join", "Concat", 5, 1),
            layer("y", "Output", 6, 1),
        ),
        "x > conv1 > relu1 > join.input_1",
        "x > reduce3 > relu_r3 > conv3 > relu3 > join.input_2",
        "x > reduce5 > relu_r5 > conv5 > relu5 > join.input_3",
        "x > pool > project > relu_p > join.input_4",
        "join > y",
    ),
    title=Words("Inception", "Inception 模块"),
    summary=Words("Kernels of three sizes and a pooling, side by side.", "三种大小的卷积核与池化并列。"),
    help=Words(
        "How large should a kernel be? Here nobody has to choose: 1×1, 3×3 and 5×5 convolutions and a max pooling look "
        "at the same image side by side, and their channels are put one after the other. Before the large kernels a "
        "1×1 convolution takes the channels down, which saves most of the work. GoogLeNet is nine of them in a row, "
        "each with its own six widths.",
        "卷积核该取多大？这里无须选择：1×1、3×3、5×5 卷积和最大池化并列作用于同一图像，再把它们的通道拼接起来。"
        "大卷积核之前先用 1×1 卷积减少通道，可省去大部分计算。GoogLeNet 由九个这样的模块相连，各有自己的六个宽度。",
    ),
    source="Szegedy and others: Going Deeper with Convolutions, 2014",
    labels=labels(
        ch1x1=Words("1×1 channels", "1×1 通道数"),
        ch3x3red=Words("Before 3×3", "3×3 之前"),
        ch3x3=Words("3×3 channels", "3×3 通道数"),
        ch5x5red=Words("Before 5×5", "5×5 之前"),
        ch5x5=Words("5×5 channels", "5×5 通道数"),
        pool_proj=Words("After pooling", "池化之后"),
    ),
)

SPECS = (INCEPTION,)
