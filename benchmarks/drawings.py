"""Drawings that layouts are measured on: networks of the field with every layer drawn, and random ones like them."""

from __future__ import annotations

import random
from collections.abc import Mapping

from nnstudio.compiler.ports import input_ports, output_ports
from nnstudio.core.graph import Edge, Graph
from nnstudio.project.builder import Builder, Handle
from nnstudio.project.layout import Box

CARD = (168.0, 112.0)
SEEDS = range(20)


def boxes_of(graph: Graph) -> dict[str, Box]:
    """Return what the layout is to know of a drawing without blocks."""
    return {
        node.id: Box(
            *CARD,
            tuple(port.name for port in input_ports(graph, node, {})),
            tuple(port.name for port in output_ports(graph, node, {})),
        )
        for node in graph.nodes
    }


def chain_with_skips(num: int, seed: int = 1) -> tuple[dict[str, Box], list[Edge]]:
    """Draw a chain of so many nodes, half as many skips over two to eight of them, and a branch at every eighth."""
    r = random.Random(seed)  # noqa: S311  nothing here is secret
    length = num - num // 8
    arcs = {(at, at + 1): "a" for at in range(length - 1)}
    for _ in range(length // 2):
        start = r.randrange(length - 3)
        arcs.setdefault((start, min(length - 1, start + r.randrange(2, 9))), "b")
    for node in range(length, num):
        start = r.randrange(length - 3)
        arcs[start, node] = "a"
        arcs[node, min(length - 1, start + r.randrange(2, 4))] = "b"
    return _made(num, arcs)


def random_net(seed: int) -> tuple[dict[str, Box], list[Edge]]:
    """Draw a network of 30 to 120 nodes: stages of plain layers, skips, parallel branches, and a few far wires."""
    r = random.Random(seed)  # noqa: S311  nothing here is secret
    size = 30 + (seed * 90) // 19
    arcs: dict[tuple[int, int], str] = {}
    num, here = 1, 0
    old: list[int] = [0]

    def layer(*sources: int) -> int:
        nonlocal num
        for port, source in zip("abcdef", sources, strict=False):
            arcs.setdefault((source, num), port)
        num += 1
        return num - 1

    while num < size:
        what = r.random()
        if what < 0.25:
            for _ in range(r.randint(1, 3)):
                here = layer(here)
        elif what < 0.55:
            ends = []
            for _ in range(r.randint(2, 4)):
                branch = here
                for _ in range(r.randint(1, 4)):
                    branch = layer(branch, r.choice(old)) if r.random() < 0.12 else layer(branch)
                ends.append(branch)
            here = layer(*ends)
        elif what < 0.85:
            start = here
            for _ in range(r.randint(1, 5)):
                here = layer(here)
            here = layer(here, start)
        else:
            here = layer(here, *r.sample(old, min(len(old), r.randint(1, 3))))
        old.append(here)
    return _made(num, arcs)


def dense(num: int) -> tuple[dict[str, Box], list[Edge]]:
    """Draw so many nodes, each of which is wired to all behind it."""
    return _made(num, {(source, target): "a" for target in range(num) for source in range(target)})


def _made(num: int, arcs: Mapping[tuple[int, int], str]) -> tuple[dict[str, Box], list[Edge]]:
    boxes = {f"n{at}": Box(*CARD, tuple("abcdef"), ("y",)) for at in range(num)}
    return boxes, [Edge(f"n{source}", "y", f"n{target}", port) for (source, target), port in sorted(arcs.items())]


def resnet50() -> Graph:
    """Draw all 175 layers of ResNet-50."""
    b = Builder("ResNet-50")
    h = _conv(b, b.input("image", shape=(3, 224, 224)), 64, 7, 2)
    h = b.add("MaxPool2d", h, kernel_size=3, stride=2, padding=1)
    for stage, depth in enumerate((3, 4, 6, 3)):
        width = 64 << stage
        for number in range(depth):
            stride = 2 if stage and number == 0 else 1
            y = _conv(b, _conv(b, h, width, 1), width, 3, stride)
            y = _conv(b, y, 4 * width, 1, relu=False)
            short = _conv(b, h, 4 * width, 1, stride, relu=False) if number == 0 else h
            h = b.add("ReLU", b.add("Add", y, short))
    b.output(b.add("Linear", b.add("GlobalAvgPool2d", h), out_features=1000), name="category")
    return b.project().graph


def _conv(b: Builder, h: Handle, channels: int, kernel: int, stride: int = 1, *, relu: bool = True) -> Handle:
    made: Handle = b.add(
        "Conv2d", h, out_channels=channels, kernel_size=kernel, stride=stride, padding=kernel // 2, bias=False
    )
    made = b.add("BatchNorm2d", made)
    return b.add("ReLU", made) if relu else made


def googlenet(blocks: int = 9) -> Graph:
    """Draw GoogLeNet with every branch of its Inception blocks."""
    b = Builder("GoogLeNet")
    h = b.input("image", shape=(3, 224, 224))
    h = b.add("ReLU", b.add("Conv2d", h, out_channels=64, kernel_size=7, stride=2, padding=3))
    h = b.add("MaxPool2d", h, kernel_size=3, stride=2, padding=1)
    for number in range(blocks):
        if number in (2, 7):
            h = b.add("MaxPool2d", h, kernel_size=3, stride=2, padding=1)
        one = b.add("ReLU", b.add("Conv2d", h, out_channels=64, kernel_size=1))
        ends = [one]
        for kernel in (3, 5):
            y = b.add("ReLU", b.add("Conv2d", h, out_channels=96, kernel_size=1))
            ends.append(b.add("ReLU", b.add("Conv2d", y, out_channels=128, kernel_size=kernel, padding=kernel // 2)))
        y = b.add("MaxPool2d", h, kernel_size=3, stride=1, padding=1)
        h = b.add("Concat", *ends, b.add("ReLU", b.add("Conv2d", y, out_channels=32, kernel_size=1)))
    b.output(b.add("Linear", b.add("GlobalAvgPool2d", h), out_features=1000), name="category")
    return b.project().graph


def unet(depth: int = 4) -> Graph:
    """Draw U-Net with all its layers."""
    b = Builder("U-Net")
    h = b.input("image", shape=(1, 64, 64))
    seen: list[Handle] = []
    for number in range(depth):
        h = _conv(b, _conv(b, h, 16 << number, 3), 16 << number, 3)
        seen.append(h)
        h = b.add("MaxPool2d", h, kernel_size=2)
    h = _conv(b, h, 16 << depth, 3)
    for number in reversed(range(depth)):
        h = b.add("ConvTranspose2d", h, out_channels=16 << number, kernel_size=2, stride=2)
        h = b.add("Concat", seen.pop(), h)
        h = _conv(b, _conv(b, h, 16 << number, 3), 16 << number, 3)
    b.output(b.add("Conv2d", h, out_channels=2, kernel_size=1), name="mask")
    return b.project().graph
