"""Residual networks as their paper has them, drawn with the Builder.

He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, 2015.
"""

from __future__ import annotations

from nnstudio.project.builder import Builder
from nnstudio.project.document import Project


def resnet18() -> Project:
    """Two residual blocks to a stage; 11,689,512 parameters."""
    return _imagenet("ResNet-18", "ResidualBlock", (2, 2, 2, 2))


def resnet34() -> Project:
    """The stages of ResNet-50 with residual blocks; 21,797,672 parameters."""
    return _imagenet("ResNet-34", "ResidualBlock", (3, 4, 6, 3))


def resnet50() -> Project:
    """Sixteen bottlenecks, the stride in the 3×3 convolution; 25,557,032 parameters."""
    return _imagenet("ResNet-50", "Bottleneck", (3, 4, 6, 3))


def cifar_resnet20() -> Project:
    """Draw the paper's network for small images, whose shortcuts are padded with zeros; 269,722 parameters."""
    b = Builder("CIFAR ResNet-20")
    h = b.input("image", shape=(3, 32, 32))
    h = b.add("Conv2d", h, out_channels=16, kernel_size=3, padding=1, bias=False, name="stem")
    h = b.add("BatchNorm2d", h)
    h = b.add("ReLU", h)
    for number, (channels, stride) in enumerate(((16, 1), (32, 2), (64, 2)), 1):
        settings = {"channels": channels, "stride": stride, "repeat": 3}
        h = b.add("ResidualBlock", h, name=f"stage_{number}", shortcut="padding", **settings)
    h = b.add("GlobalAvgPool2d", h)
    b.output(b.add("Linear", h, out_features=10, name="logits"), name="label")
    return b.project()


def _imagenet(title: str, block: str, depths: tuple[int, int, int, int]) -> Project:
    b = Builder(title)
    h = b.input("image", shape=(3, 224, 224))
    h = b.add("Conv2d", h, out_channels=64, kernel_size=7, stride=2, padding=3, bias=False, name="stem")
    h = b.add("BatchNorm2d", h)
    h = b.add("ReLU", h)
    h = b.add("MaxPool2d", h, kernel_size=3, stride=2, padding=1)
    for number, depth in enumerate(depths):
        settings = {"channels": 64 * 2**number, "stride": 1 if number == 0 else 2, "repeat": depth}
        h = b.add(block, h, name=f"stage_{number + 1}", **settings)
    h = b.add("GlobalAvgPool2d", h)
    b.output(b.add("Linear", h, out_features=1000, name="logits"), name="label")
    return b.project()
