"""Which ports a node really has: blocks take theirs from their drawing, Add and its like grow with their wires."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.core.graph import Block, Graph, Node
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import Port

BLOCK = "Block"
"""The kind of nodes that stand for a whole block."""


def input_ports(graph: Graph, node: Node, blocks: Mapping[str, Block]) -> tuple[Port, ...]:
    """Return the ports where wires can end, from top to bottom.

    A port that takes many wires gives one port per wire and one more that is free, at least two in all. A node of
    unknown kind has the ports that its wires name.
    """
    if node.kind == BLOCK:
        block = blocks.get(str(node.params.get("block")))
        if block is not None:
            return tuple(Port(inner.name, element=None) for inner in block.inputs)
    spec = catalog().get(node.kind)
    if spec is None:
        names = dict.fromkeys(edge.target_port for edge in graph.into.get(node.id, ()))
        return tuple(Port(name, element=None) for name in names)
    if len(spec.inputs) == 1 and spec.inputs[0].many:
        return _grown(graph, node, spec.inputs[0])
    return spec.inputs


def output_ports(graph: Graph, node: Node, blocks: Mapping[str, Block]) -> tuple[Port, ...]:
    """Return the ports where wires can start, from top to bottom."""
    if node.kind == BLOCK:
        block = blocks.get(str(node.params.get("block")))
        if block is not None:
            return tuple(Port(inner.name, element=None) for inner in block.outputs)
    spec = catalog().get(node.kind)
    if spec is None:
        names = dict.fromkeys(edge.source_port for edge in graph.out_of.get(node.id, ()))
        return tuple(Port(name, element=None) for name in names)
    return spec.outputs


def port_number(port: str, name: str) -> int | None:
    """Return n for the port ``name_n``, or None when ``port`` is no such port."""
    head, _, number = port.rpartition("_")
    return int(number) if head == name and number.isascii() and number.isdigit() and 1 <= int(number) <= 999 else None


def _grown(graph: Graph, node: Node, port: Port) -> tuple[Port, ...]:
    numbers = [port_number(edge.target_port, port.name) or 0 for edge in graph.into.get(node.id, ())]
    count = max(2, max(numbers, default=0) + 1)
    if len(set(numbers)) < count - 1 and count > 2:
        count -= 1  # there is a gap among the wires already, so no further port is needed
    return tuple(Port(f"{port.name}_{number}", element=port.element, many=True) for number in range(1, count + 1))
