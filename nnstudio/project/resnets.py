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


def depth() -> Project:
    """Draw a network of dense layers whose depth and whose way around each pair are one parameter each.

    With ``way`` ``x`` what comes in is added to what two layers make of it; with ``0 * x`` it is a plain chain. Plain
    chains stop learning at some depth, residual ones go on.
    """
    b = Builder("Depth, plain and residual")
    pair = b.block("Pair", width=32, way="x")
    h = pair.input("x", shape=(32,))
    f = pair.add("Linear", h, out_features="=width", bias=False, start="he", name="dense1")
    f = pair.add("ReLU", pair.add("BatchNorm1d", f, name="norm1"), name="relu1")
    f = pair.add("Linear", f, out_features="=width", bias=False, start="he", name="dense2")
    f = pair.add("BatchNorm1d", f, name="norm2")
    around = pair.add("Formula", h, formula="=way", name="way_around")
    pair.output(pair.add("ReLU", pair.add("Add", f, around, name="add"), name="relu2"), name="y")
    tower = b.block("Tower", depth=20, width=32, way="x")
    h = tower.input("x", shape=(64,))
    h = tower.add("ReLU", tower.add("Linear", h, out_features="=width", start="he", name="first"), name="relu")
    h = tower.add("Pair", h, repeat="=(depth-2)//2", width="=width", way="=way", name="pairs")
    tower.output(h, name="y")
    h = b.add("Flatten", b.input("digits", shape=(1, 8, 8)))
    h = b.add("Tower", h, name="tower")
    b.output(b.add("Linear", h, out_features=10, start="he", name="logits"), name="digit")
    return b.project(data={"name": "digits8"}, recipe={"epochs": 20})


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
