"""What is wrong with a node in the reader's words: where signals come from, and edits that mend it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from nnstudio.compiler.check import Structure
from nnstudio.compiler.facts import Facts, Fault
from nnstudio.compiler.mends import mends
from nnstudio.compiler.ports import input_ports
from nnstudio.core.graph import Block, Graph, Node
from nnstudio.core.problem import Problem
from nnstudio.core.words import tr
from nnstudio.layers.spec import shape_text


def problems_of(
    graph: Graph, blocks: Mapping[str, Block], structure: Structure, facts: Mapping[str, Facts], node: Node
) -> tuple[Problem, ...]:
    """Put what is wrong with a node into words, with edits that mend it.

    Args:
        graph: the drawing.
        blocks: definitions by name.
        structure: its nodes and wires, with what is wrong with these.
        facts: of every node.
        node: the one asked about. What leads to no Output can only be warned of.
    """
    known = facts[node.id]
    told = structure.problems.get(node.id, ())
    if not known.faults and not told and known.live:
        return ()
    begun = any(other.kind == "Output" for other in graph.nodes)
    found = [
        Problem(
            node.name if fault.inner is None else f"{node.name}.{fault.inner}",
            fault.code,
            _with_sources(graph, blocks, structure, known, node, fault),
            mends(graph, blocks, node, fault, structure, facts),
            id=node.id,
        )
        for fault in known.faults
    ]
    found += told
    if not found:
        text = tr("{name} leads to no Output, so it is not part of the model.", name=node.name)
        return (Problem(node.name, "unused", text, severity="warning", id=node.id),)
    return tuple(
        # A layer that waits for its wire is no mistake while the way out is not drawn yet.
        msgspec.structs.replace(problem, severity="warning")
        if not known.live or (problem.code == "missing_input" and not begun)
        else problem
        for problem in found
    )


def _with_sources(
    graph: Graph, blocks: Mapping[str, Block], structure: Structure, known: Facts, node: Node, fault: Fault
) -> str:
    """Return what is wrong; of shapes that do not fit also where they come from."""
    if fault.inner is not None:
        return tr("In {inner}: {message}", inner=fault.inner, message=fault.message)
    feeds = structure.feeds[node.id]
    if fault.code != "shape" or not feeds:
        return fault.message
    listed = [
        f"{graph.by_id[feeds[port.name].source].name} ({shape_text(signal.shape)})"
        for port, signal in zip(input_ports(graph, node, blocks), known.inputs, strict=False)
        if signal is not None and port.name in feeds
    ]
    return tr("{message} It comes from {sources}.", message=fault.message, sources=", ".join(listed))
