"""A wire tried before it is drawn: what the layer at its end would say of what it brings."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from nnstudio.compiler.adapters import insertions_at
from nnstudio.compiler.analysis import evaluate
from nnstudio.compiler.facts import Facts, flowing
from nnstudio.compiler.inside import Place
from nnstudio.compiler.ports import input_ports
from nnstudio.core.graph import Block, Edge, Graph
from nnstudio.core.words import tr
from nnstudio.layers.spec import Signal


class Trial(msgspec.Struct, frozen=True):
    """What comes of a wire.

    Attributes:
        message: why the layer could not work with it; empty where it could, or where that is not known yet.
        mend: what would help then; empty where nothing does that is known.
    """

    message: str = ""
    mend: str = ""


def try_wire(
    graph: Graph, blocks: Mapping[str, Block], facts: Mapping[str, Facts], edge: Edge, place: Place | None = None
) -> Trial:
    """Work out the layer at the end of a wire as if the wire were there; only this layer is looked at.

    Args:
        graph: the drawing, without the wire.
        blocks: definitions by name.
        facts: what is known of the drawing's nodes.
        edge: the wire.
        place: which block the drawing is the inside of.
    """
    node = graph.by_id[edge.target]
    ports = input_ports(graph, node, blocks)
    wires: list[Edge] = []
    signals: list[Signal | None] = []
    for position, port in enumerate(ports):
        wire = edge if port.name == edge.target_port else graph.feed(node.id, port.name)
        if wire is not None:
            signal = flowing(graph, blocks, facts, wire)
            if signal is None:
                return Trial()
            wires.append(wire)
            signals.append(signal)
        elif port.optional:
            signals.append(None)
        elif not port.many or position < 2:
            return Trial()  # it waits for another wire, and says nothing before
    if node.bypassed or not wires:
        return Trial()
    found = evaluate(node, ports, tuple(signals), (), True, blocks, place or Place())
    fault = next(iter(found.faults), None)
    if fault is None or fault.code != "shape":
        return Trial()  # other faults are not the wire's
    if fault.inner is not None:
        mend = tr("change a layer in the block") if fault.can_mend else ""
        return Trial(tr("In {inner}: {message}", inner=fault.inner, message=fault.message), mend)
    labels = [fix.label for fix in fault.fixes]
    if not labels and found.settings is not None:
        arriving = [signal for signal in signals if signal is not None]
        labels = [fix.label for fix in insertions_at(graph, node, found.settings, wires, arriving)]
    return Trial(fault.message, next(iter(labels), ""))
