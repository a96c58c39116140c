"""Networks for images: from AlexNet to U-Net. Those of ImageNet's size are there to be looked into."""

from __future__ import annotations

from nnstudio.core.graph import Params
from nnstudio.project.builder import Builder, Handle
from nnstudio.project.document import Project


def alexnet_towers() -> Project:
    """Krizhevsky, Sutskever, Hinton: ImageNet classification with deep convolutional neural networks, 2012.

    Two towers, one for each of the two graphics cards of that time, which see each other in the third layer and in
    the last three; 60,965,224 parameters.
    """
    b = Builder("AlexNet, two towers")
    image = b.input("image", shape=(3, 227, 227))
    early = [_alexnet_begin(b, image, tower) for tower in "ab"]
    both = b.add("Concat", *early, name="exchange")
    late = [_alexnet_end(b, both, tower) for tower in "ab"]
    h = b.add("Flatten", b.add("Concat", *late, name="join"))
    for number in (6, 7):
        h = b.add("Linear", h, out_features=4096, name=f"fc{number}")
        h = b.add("Dropout", b.add("ReLU", h))
    b.output(b.add("Linear", h, out_features=1000, name="fc8"), name="category")
    return b.project()


def _alexnet_begin(b: Builder, h: Handle, tower: str) -> Handle:
    for number, channels, settings in (
        (1, 48, {"kernel_size": 11, "stride": 4}),
        (2, 128, {"kernel_size": 5, "padding": 2}),
    ):
        h = b.add("Conv2d", h, out_channels=channels, name=f"conv{number}_{tower}", **settings)
        h = b.add("LocalResponseNorm", b.add("ReLU", h), size=5, k=2.0, alpha=5e-4, beta=0.75)
        h = b.add("MaxPool2d", h, kernel_size=3, stride=2)
    return h


def _alexnet_end(b: Builder, h: Handle, tower: str) -> Handle:
    for number, channels in ((3, 192), (4, 192), (5, 128)):
        h = b.add("Conv2d", h, out_channels=channels, kernel_size=3, padding=1, name=f"conv{number}_{tower}")
        h = b.add("ReLU", h)
    pooled: Handle = b.add("MaxPool2d", h, kernel_size=3, stride=2)
    return pooled


def alexnet() -> Project:
    """Krizhevsky: One weird trick for parallelizing convolutional neural networks, 2014.

    One tower, as most libraries have it; 61,100,840 parameters.
    """
    b = Builder("AlexNet")
    h = b.input("image", shape=(3, 224, 224))
    h = b.add("ReLU", b.add("Conv2d", h, out_channels=64, kernel_size=11, stride=4, padding=2))
    h = b.add("MaxPool2d", h, kernel_size=3, stride=2)
    h = b.add("ReLU", b.add("Conv2d", h, out_channels=192, kernel_size=5, padding=2))
    h = b.add("MaxPool2d", h, kernel_size=3, stride=2)
    for channels in (384, 256, 256):
        h = b.add("ReLU", b.add("Conv2d", h, out_channels=channels, kernel_size=3, padding=1))
    h = b.add("MaxPool2d", h, kernel_size=3, stride=2)
    h = b.add("Flatten", b.add("AdaptiveAvgPool2d", h, output_size=6))
    for _ in range(2):
        h = b.add("ReLU", b.add("Linear", b.add("Dropout", h), out_features=4096))
    b.output(b.add("Linear", h, out_features=1000, name="scores"), name="category")
    return b.project()


def vgg11() -> Project:
    """Draw the smallest VGG, configuration A; 132,863,336 parameters."""
    return _vgg("VGG-11", (1, 1, 2, 2, 2))


def vgg16() -> Project:
    """Draw VGG, configuration D; 138,357,544 parameters."""
    return _vgg("VGG-16", (2, 2, 3, 3, 3))


def _vgg(name: str, depths: tuple[int, ...]) -> Project:
    """Simonyan, Zisserman: Very deep convolutional networks for large-scale image recognition, 2014."""
    b = Builder(name)
    inner = b.block("ConvReLU", channels=64)
    h = inner.input("x", shape=(3, 224, 224))
    h = inner.add("Conv2d", h, out_channels="=channels", kernel_size=3, padding=1, name="conv")
    inner.output(inner.add("ReLU", h, name="relu"), name="y")
    h = b.input("image", shape=(3, 224, 224))
    for number, depth in enumerate(depths):
        channels = min(512, 64 << number)
        h = b.add("ConvReLU", h, channels=channels, repeat=depth, name=f"stage{number + 1}")
        h = b.add("MaxPool2d", h)
    h = b.add("Flatten", h)
    for _ in range(2):
        h = b.add("Dropout", b.add("ReLU", b.add("Linear", h, out_features=4096)))
    b.output(b.add("Linear", h, out_features=1000, name="scores"), name="category")
    return b.project()


def googlenet() -> Project:
    """Szegedy and others: Going deeper with convolutions, 2014, without the two helping classifiers of training."""
    b = Builder("GoogLeNet")
    h = b.input("image", shape=(3, 224, 224))
    h = b.add("ReLU", b.add("Conv2d", h, out_channels=64, kernel_size=7, stride=2, padding=3))
    h = b.add("LocalResponseNorm", b.add("MaxPool2d", h, kernel_size=3, stride=2, padding=1), size=5)
    h = b.add("ReLU", b.add("Conv2d", h, out_channels=64, kernel_size=1))
    h = b.add("ReLU", b.add("Conv2d", h, out_channels=192, kernel_size=3, padding=1))
    h = b.add("MaxPool2d", b.add("LocalResponseNorm", h, size=5), kernel_size=3, stride=2, padding=1)
    for name, widths in _INCEPTION.items():
        if name in ("inception4a", "inception5a"):
            h = b.add("MaxPool2d", h, kernel_size=3, stride=2, padding=1)
        h = b.add("Inception", h, name=name, **dict(zip(_INCEPTION_PARAMETERS, widths, strict=True)))
    h = b.add("Dropout", b.add("GlobalAvgPool2d", h), p=0.4)
    b.output(b.add("Linear", h, out_features=1000, name="scores"), name="category")
    return b.project()


_INCEPTION_PARAMETERS = ("ch1x1", "ch3x3red", "ch3x3", "ch5x5red", "ch5x5", "pool_proj")
_INCEPTION = {
    "inception3a": (64, 96, 128, 16, 32, 32),
    "inception3b": (128, 128, 192, 32, 96, 64),
    "inception4a": (192, 96, 208, 16, 48, 64),
    "inception4b": (160, 112, 224, 24, 64, 64),
    "inception4c": (128, 128, 256, 24, 64, 64),
    "inception4d": (112, 144, 288, 32, 64, 64),
    "inception4e": (256, 160, 320, 32, 128, 128),
    "inception5a": (256, 160, 320, 32, 128, 128),
    "inception5b": (384, 192, 384, 48, 128, 128),
}
"""Table 1 of the paper: 1×1; 3×3 after a reduction; 5×5 after a reduction; 1×1 after the pooling."""


def unet() -> Project:
    """Ronneberger, Fischer, Brox: U-Net, 2015, small and with padding, for pictures of 32 × 32."""
    b = Builder("U-Net")
    h = b.input("image", shape=(1, 32, 32))
    seen: list[Handle] = []
    for number, channels in enumerate((8, 16), 1):
        h = b.add("DoubleConv", h, channels=channels, name=f"down{number}")
        seen.append(h)
        h = b.add("MaxPool2d", h)
    h = b.add("DoubleConv", h, channels=32, name="bottom")
    for number, channels in zip((2, 1), (16, 8), strict=True):
        h = b.add("UNetLevel", h, seen.pop(), channels=channels, name=f"up{number}")
    b.output(b.add("Conv2d", h, out_channels=4, kernel_size=1, name="scores"), name="mask")
    return b.project(data={"name": "shape_masks"}, recipe={"epochs": 6, "learning_rate": 0.005, "batch_size": 32})


def detector() -> Project:
    """Redmon, Divvala, Girshick, Farhadi: You only look once, 2016, in small: 8 × 8 cells, each says what lies there.

    Eight numbers for a cell: whether an object has its middle there, where and how large it is, and three classes.
    """
    b = Builder("Detector of shapes")
    h = b.input("image", shape=(1, 32, 32))
    for number, (channels, stride) in enumerate(((16, 1), (32, 2), (32, 1), (64, 2), (64, 1)), 1):
        h = b.add("Conv2d", h, out_channels=channels, kernel_size=3, stride=stride, padding=1, bias=False)
        h = b.add("ReLU", b.add("BatchNorm2d", h), name=f"seen{number}")
    b.output(b.add("Conv2d", h, out_channels=8, kernel_size=1, name="cells"), name="objects")
    recipe: Params = {"loss": "detection", "epochs": 8, "learning_rate": 0.005, "batch_size": 32}
    return b.project(data={"name": "shape_boxes"}, recipe=recipe)


def densenet() -> Project:
    """Huang and others: Densely connected convolutional networks, 2016, small enough for digits."""
    b = Builder("DenseNet on digits")
    h = b.input("digits", shape=(1, 32, 32))
    h = b.add("Conv2d", h, out_channels=16, kernel_size=3, stride=2, padding=1, bias=False, name="stem")
    for number, layers in enumerate((3, 3), 1):
        h = b.add("DenseBlock", h, layers=layers, growth=8, width=2, name=f"dense{number}")
        h = b.add("Transition", h, name=f"transition{number}")
    h = b.add("ReLU", b.add("BatchNorm2d", b.add("DenseBlock", h, layers=3, growth=8, width=2, name="dense3")))
    h = b.add("GlobalAvgPool2d", h)
    b.output(b.add("Linear", h, out_features=10, name="scores"), name="digit")
    return b.project(data={"name": "digits32"}, recipe={"epochs": 10})


def mobilenet() -> Project:
    """Sandler and others: MobileNetV2: inverted residuals and linear bottlenecks, 2018, small enough for digits."""
    b = Builder("MobileNetV2 on digits")
    h = b.input("digits", shape=(1, 32, 32))
    h = b.add("Conv2d", h, out_channels=8, kernel_size=3, stride=2, padding=1, bias=False, name="stem")
    h = b.add("ReLU6", b.add("BatchNorm2d", h))
    for number, (expand, channels, repeat, stride) in enumerate(((1, 8, 1, 1), (4, 12, 2, 2), (4, 24, 2, 2)), 1):
        h = b.add(
            "InvertedResidual",
            h,
            channels=channels,
            stride=stride,
            expand=expand,
            repeat=repeat,
            name=f"stage{number}",
        )
    h = b.add("Conv2d", h, out_channels=64, kernel_size=1, bias=False, name="head")
    h = b.add("GlobalAvgPool2d", b.add("ReLU6", b.add("BatchNorm2d", h)))
    b.output(b.add("Linear", h, out_features=10, name="scores"), name="digit")
    return b.project(data={"name": "digits32"}, recipe={"epochs": 12})
