"""Small drawings for the compiler's tests, written down layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from nnstudio.core.graph import Block, Edge, Graph, Node, Value, freeze_params

Layer = tuple[str, str, Mapping[str, Value]]
Layers = tuple[Layer, ...]


def drawing(layers: Layers, wires: str) -> Graph:
    """Build a drawing from ``(name, kind, params)`` and wires such as ``"image>conv conv>add.input_2"``."""
    nodes = tuple(Node(id=name, kind=kind, name=name, params=freeze_params(params)) for name, kind, params in layers)
    edges = []
    for wire in wires.split():
        start, _, end = wire.partition(">")
        source, _, source_port = start.partition(".")
        target, _, target_port = end.partition(".")
        edges.append(Edge(source, source_port or "output", target, target_port or "input"))
    return Graph(nodes=nodes, edges=tuple(edges))


def chain(*layers: Layer) -> Graph:
    """Build a drawing whose layers stand in one line."""
    wires = " ".join(f"{one[0]}>{other[0]}" for one, other in pairwise(layers))
    return drawing(layers, wires)


def lenet() -> Graph:
    """LeNet-5 as it is built today: 61,706 parameters."""
    return chain(
        ("image", "Input", {"shape": (1, 32, 32)}),
        ("conv_1", "Conv2d", {"out_channels": 6, "kernel_size": 5}),
        ("tanh_1", "Tanh", {}),
        ("pool_1", "MaxPool2d", {"kernel_size": 2}),
        ("conv_2", "Conv2d", {"out_channels": 16, "kernel_size": 5}),
        ("tanh_2", "Tanh", {}),
        ("pool_2", "MaxPool2d", {"kernel_size": 2}),
        ("flatten", "Flatten", {}),
        ("dense_1", "Linear", {"out_features": 120}),
        ("tanh_3", "Tanh", {}),
        ("dense_2", "Linear", {"out_features": 84}),
        ("tanh_4", "Tanh", {}),
        ("logits", "Linear", {"out_features": 10}),
        ("scores", "Output", {}),
    )


def residual() -> tuple[Graph, dict[str, Block]]:
    """A small residual network: a stem, and three stages of repeated blocks."""
    from nnstudio.layers.blocks import LIBRARY

    block = LIBRARY["ResidualBlock"].block

    def stage(channels: int, stride: int, repeat: int) -> Mapping[str, Value]:
        return {"block": "ResidualBlock", "channels": channels, "stride": stride, "repeat": repeat}

    layers: Layers = (
        ("image", "Input", {"shape": (1, 16, 16)}),
        ("stem", "Conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1}),
        ("stage_1", "Block", stage(8, 1, 2)),
        ("stage_2", "Block", stage(16, 2, 3)),
        ("stage_3", "Block", stage(32, 2, 1)),
        ("pool", "AdaptiveAvgPool2d", {"output_size": 1}),
        ("flatten", "Flatten", {}),
        ("logits", "Linear", {"out_features": 10}),
        ("scores", "Output", {}),
    )
    wires = "image>stem stem>stage_1.x stage_1.y>stage_2.x stage_2.y>stage_3.x stage_3.y>pool pool>flatten"
    return drawing(layers, wires + " flatten>logits logits>scores"), {"ResidualBlock": block}


def lstm() -> Graph:
    """A classifier of symbol sequences that remembers."""
    return chain(
        ("symbols", "Input", {"shape": (24,), "element": "index"}),
        ("embedding", "Embedding", {"num_embeddings": 12, "embedding_dim": 8}),
        ("lstm", "LSTM", {"hidden_size": 20, "num_layers": 2}),
        ("last", "LastStep", {}),
        ("logits", "Linear", {"out_features": 4}),
        ("scores", "Output", {}),
    )


def memory() -> Graph:
    """A Hopfield network of eight units that settle one by one, twice. Its weights are eighths, so sums are exact."""
    return chain(
        ("signs", "Input", {"shape": (8,)}),
        ("memory", "Hopfield", {"patterns": ("XX..XX..", ".X.X.X.X"), "steps": 2}),
        ("found", "Output", {}),
    )
