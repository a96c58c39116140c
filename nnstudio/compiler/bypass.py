"""Layers that are skipped: what comes in at the first wire goes out as it is, and nothing else happens."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.compiler.facts import Facts, Fault
from nnstudio.compiler.ports import BLOCK, input_ports, output_ports
from nnstudio.compiler.values import fill
from nnstudio.core.graph import Block, Edge, Graph, Node, Scalar
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import Cost, Port, Settings, Signal


def refusal(graph: Graph, node: Node, blocks: Mapping[str, Block]) -> str | None:
    """Say why a node cannot be skipped whatever arrives there; None where it can."""
    arriving, leaving = input_ports(graph, node, blocks), output_ports(graph, node, blocks)
    if node.kind in ("Input", "Output") or not (arriving and leaving):
        return tr("{name} cannot be skipped: it passes nothing on from its left to its right.", name=node.name)
    if node.kind == BLOCK and len(arriving) * len(leaving) != 1:
        return tr("{name} cannot be skipped: only a block with one input and one output can.", name=node.name)
    first = leaving[0].name
    for edge in graph.out_of.get(node.id, ()):
        if edge.source_port != first and edge.target in graph.by_id:
            return tr(
                "{name} cannot be skipped: {other} takes its {port}, and only its first output passes anything on.",
                name=node.name,
                other=graph.by_id[edge.target].name,
                port=edge.source_port,
            )
    return None


def passing_port(ports: tuple[Port, ...], feeds: Mapping[str, Edge]) -> Port | None:
    """Return the port whose signal a skipped node passes on: the first that has a wire."""
    return next((port for port in ports if port.name in feeds), None)


def skipped(
    graph: Graph,
    node: Node,
    blocks: Mapping[str, Block],
    signal: Signal | None,
    wired: bool,
    values: Mapping[str, Scalar],
) -> Facts:
    """Return what is known of a node that is skipped.

    Args:
        graph: the drawing.
        node: the node.
        blocks: definitions by name.
        signal: what arrives first; None where that is unknown.
        wired: whether anything is connected to it.
        values: what the names in its settings stand for.
    """
    settings = _settings(node, values)
    fault = refusal(graph, node, blocks)
    if fault is not None:
        return Facts((signal,), settings=settings, faults=(Fault("bypass", fault),), node=node)
    if not wired:
        text = tr("Nothing is connected to the input of {name} yet.", name=node.name)
        return Facts((None,), settings=settings, faults=(Fault("missing_input", text),), node=node)
    leaving = (signal,) if signal is not None else ()
    return Facts((signal,), leaving, Cost(), settings, num_nodes=0, node=node)


def _settings(node: Node, values: Mapping[str, Scalar]) -> Settings | None:
    """Return the settings for people to see; wrong ones are no matter while the layer is skipped."""
    spec = catalog().get(node.kind)
    if spec is None:
        return None
    try:
        return spec.settings(fill(node.params, values))
    except ValueError:
        return None
