"""What is said of a node where it cannot be seen."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.compiler.analysis import Analysis
from nnstudio.core.graph import Block, Graph, Node
from nnstudio.core.words import tr
from nnstudio.layers.spec import Signal
from nnstudio.ui.canvas.face import BLOCK, block_title, compact_shape, kind_title

_MOST = 4


def node_title(node: Node) -> str:
    """Return what kind of layer a node is, or which block."""
    return block_title(str(node.params.get("block", ""))) if node.kind == BLOCK else kind_title(node.kind)


def shape_text(signals: tuple[Signal | None, ...]) -> str:
    """Write the shapes of some signals."""
    return ", ".join(compact_shape(signal.shape) for signal in signals if signal is not None)


def sources(graph: Graph, id_: str) -> str:
    """Return the names of what feeds a node, the first few."""
    return _names(graph, [edge.source for edge in graph.into.get(id_, ())])


def targets(graph: Graph, id_: str) -> str:
    """Return the names of what a node feeds, the first few."""
    return _names(graph, [edge.target for edge in graph.out_of.get(id_, ())])


def wires_text(graph: Graph, id_: str) -> str:
    """Say in half a sentence where a node's signal comes from and goes."""
    before, after = sources(graph, id_), targets(graph, id_)
    parts = [tr("fed by {names}", names=before) if before else "", tr("feeds {names}", names=after) if after else ""]
    return ", ".join(filter(None, parts))


def sentence(graph: Graph, node: Node, blocks: Mapping[str, Block], analysis: Analysis) -> str:
    """Say everything of a node in one sentence: ``conv1, Conv2d, 1×28×28 to 6×24×24, …``."""
    facts = analysis.facts[node.id]
    into, out = shape_text(facts.inputs), shape_text(facts.outputs)
    flow = tr("{before} to {after}", before=into, after=out) if into and out else out or into
    count = facts.cost.parameters
    size = tr("{count} parameters", count=f"{count:,}") if count and node.shares is None else ""
    shared = tr("shared weights") if node.shares is not None else ""
    skipped = tr("skipped") if node.bypassed else ""
    block = blocks.get(str(node.params.get("block"))) if node.kind == BLOCK else None
    inner = tr("block of {count} layers", count=len(block.graph.nodes)) if block is not None else ""
    told = [
        f"{tr('Error') if problem.severity == 'error' else tr('Warning')}: {problem.message}"
        for problem in analysis.by_node.get(node.id, ())
    ]
    parts = [node.name, node_title(node), inner, flow, size, shared, skipped, wires_text(graph, node.id), *told]
    return ", ".join(filter(None, parts))


def _names(graph: Graph, ids: list[str]) -> str:
    names = [graph.by_id[id_].name for id_ in dict.fromkeys(ids) if id_ in graph.by_id]
    more = [tr("and {count} more", count=len(names) - _MOST)] if len(names) > _MOST else []
    return ", ".join([*names[:_MOST], *more])
