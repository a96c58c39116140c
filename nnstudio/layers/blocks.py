"""The library of blocks: drawings that are ready to be used in other drawings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from nnstudio.core.graph import Block, BlockParameter, Edge, Graph, Node, Value
from nnstudio.core.words import Words

_COLUMN, _ROW = 168.0 + 60.0, 112.0 + 60.0
"""Distance between neighbours in scene units: a card and the room beside it."""


class BlockSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A block of the library and the words it is said in.

    Attributes:
        block: the definition; a drawing that uses it takes a copy along.
        title: what the palette and the card say.
        summary: one line under the title in the inspector.
        help: a paragraph for a student.
        labels: what the form says for each parameter, ``repeat`` included.
        family: a key of `layers.spec.FAMILIES`.
    """

    block: Block
    title: Words
    summary: Words
    help: Words
    labels: Mapping[str, Words]
    family: str = "merge"


def _node(id_: str, kind: str, name: str, column: float, row: float = 0.0, **params: Value) -> Node:
    return Node(id=id_, kind=kind, name=name, params=params, xy=(column * _COLUMN, row * _ROW))


def _wire(source: str, target: str, port: str = "input") -> Edge:
    return Edge(source, "output", target, port)


_RESIDUAL = Block(
    name="ResidualBlock",
    parameters=(BlockParameter(name="channels", default=16), BlockParameter(name="stride", default=1, later=1)),
    graph=Graph(
        nodes=(
            _node("n1", "Input", "x", 0, shape=(16, 32, 32)),
            _node(
                "n2",
                "Conv2d",
                "conv1",
                1,
                out_channels="=channels",
                stride="=stride",
                kernel_size=3,
                padding=1,
                bias=False,
            ),
            _node("n3", "BatchNorm2d", "norm1", 2),
            _node("n4", "ReLU", "relu1", 3),
            _node("n5", "Conv2d", "conv2", 4, out_channels="=channels", kernel_size=3, padding=1, bias=False),
            _node("n6", "BatchNorm2d", "norm2", 5),
            _node("n7", "Shortcut", "shortcut", 3, 1, out_channels="=channels", stride="=stride"),
            _node("n8", "Add", "add", 6),
            _node("n9", "ReLU", "relu2", 7),
            _node("n10", "Output", "y", 8),
        ),
        edges=(
            _wire("n1", "n2"),
            _wire("n2", "n3"),
            _wire("n3", "n4"),
            _wire("n4", "n5"),
            _wire("n5", "n6"),
            _wire("n6", "n8", "input_1"),
            _wire("n1", "n7"),
            _wire("n7", "n8", "input_2"),
            _wire("n8", "n9"),
            _wire("n9", "n10"),
        ),
    ),
)

_SPECS = (
    BlockSpec(
        block=_RESIDUAL,
        title=Words("Residual block", "残差块"),
        summary=Words("Two convolutions and a way around them.", "两层卷积，外加一条绕行的通路。"),
        help=Words(
            "What comes in goes through two convolutions and, beside them, straight on; at the end both are added. So "
            "the convolutions only learn what to change, and the gradient always finds a short way back: "
            "networks of a hundred layers become trainable. A stride of 2 halves the image; of repeated copies only "
            "the first does, and where channels or size change, a 1×1 convolution fits the short way to them.",
            "输入一路经过两层卷积，一路直接绕行，最后两路相加。这样卷积只需学习要改变的部分，"
            "梯度也总有一条短路可以回传，上百层的网络因此能够训练。步幅为 2 时图像减半；重复多份时只有第一份减半。"
            "通道数或大小改变处，用 1×1 卷积使短路与之匹配。",
        ),
        labels=MappingProxyType(
            {
                "channels": Words("Channels", "通道数"),
                "stride": Words("Stride", "步幅"),
                "repeat": Words("Copies in a row", "重复份数"),
            }
        ),
    ),
)

LIBRARY: Mapping[str, BlockSpec] = MappingProxyType({spec.block.name: spec for spec in _SPECS})
"""Blocks by name, in the order of the palette."""
