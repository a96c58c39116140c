"""Edits that mend a fault: settings that a layer asks for, or a place further up where it would work."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from nnstudio.compiler.check import Structure
from nnstudio.compiler.facts import Facts, Fault, flowing
from nnstudio.core.edits import connect, replace, set_node
from nnstudio.core.graph import Block, Edge, Graph, Node, freeze_params
from nnstudio.core.problem import Fix
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import LayerError, ParamFix


def mends(
    graph: Graph,
    blocks: Mapping[str, Block],
    node: Node,
    fault: Fault,
    structure: Structure,
    facts: Mapping[str, Facts],
) -> tuple[Fix, ...]:
    """Return the edits that mend ``fault`` of ``node``, best first; there may be none."""
    fixes = [Fix(fix.label, partial(_set_params, id_=node.id, fix=fix)) for fix in fault.fixes]
    if fault.code == "shape" and fault.inner is None and not fixes and len(structure.feeds[node.id]) == 1:
        earlier = _earlier_source(graph, blocks, node, structure, facts)
        if earlier is not None:
            fixes.append(earlier)
    return tuple(fixes)


def _set_params(graph: Graph, id_: str, fix: ParamFix) -> Graph:
    node = graph.by_id[id_]
    return set_node(graph, replace(node, params=freeze_params({**node.params, **fix.params})))


def _earlier_source(
    graph: Graph, blocks: Mapping[str, Block], node: Node, structure: Structure, facts: Mapping[str, Facts]
) -> Fix | None:
    """Look up the chain for a place where this layer would work, such as before the Flatten."""
    spec = catalog().get(node.kind)
    (edge,) = structure.feeds[node.id].values()
    passed = edge
    settings = facts[node.id].settings
    while spec is not None and settings is not None and len(structure.feeds[passed.source]) == 1:
        above = graph.by_id[passed.source]
        (passed,) = structure.feeds[passed.source].values()
        signal = flowing(graph, blocks, facts, passed)
        if signal is None:
            return None
        try:
            spec.shape(settings, signal)
        except LayerError:
            continue
        wire = Edge(passed.source, passed.source_port, edge.target, edge.target_port)
        return Fix(tr("Connect before {name}", name=above.name), partial(connect, edge=wire))
    return None
