"""Fingerprint of a drawing: a short text that is the same for two drawings just when they are the same network.

Where things stand on the sheet, ids, the drawing's name, data and recipe are left out. Weights and exported files
bear it, so that what belongs together can be found again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from nnstudio.core.graph import Block, Graph


def fingerprint(graph: Graph, blocks: Mapping[str, Block]) -> str:
    """Return 64 hexadecimal digits (SHA-256) that stand for the network of a drawing.

    Args:
        graph: the drawing.
        blocks: definitions by name; only those that are used count.
    """
    used: dict[str, object] = {}
    _gather(graph, blocks, used)
    text = json.dumps([_plain(graph), used], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _gather(graph: Graph, blocks: Mapping[str, Block], used: dict[str, object]) -> None:
    for node in graph.nodes:
        name = node.params.get("block")
        if node.kind == "Block" and isinstance(name, str) and name in blocks and name not in used:
            block = blocks[name]
            used[name] = None  # a block that contains itself is no reason to go round for ever
            _gather(block.graph, blocks, used)
            parameters = [[entry.name, entry.default, entry.later] for entry in block.parameters]
            used[name] = [parameters, _plain(block.graph)]


def _plain(graph: Graph) -> list[object]:
    names = {node.id: node.name for node in graph.nodes}
    # Only a layer that is skipped says so: the fingerprints of all other drawings stay what they are.
    nodes = [
        [n.name, n.kind, dict(n.params), names.get(n.shares or ""), *(["bypassed"] if n.bypassed else [])]
        for n in graph.nodes
    ]
    edges = [[names.get(e.source, ""), e.source_port, names.get(e.target, ""), e.target_port] for e in graph.edges]
    # The order of nodes is that of arguments and of the weights' names; that of wires means nothing.
    return [nodes, sorted(edges)]
