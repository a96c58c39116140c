"""A drawing's fingerprint: the same for the same network, another for any other."""

from __future__ import annotations

import msgspec

from nnstudio.core.fingerprint import fingerprint
from nnstudio.core.graph import Block, Edge, Graph, Node, freeze_params
from nnstudio.layers.blocks import LIBRARY
from tests.compiler.drawings import chain, lenet, residual


def test_places_and_ids_mean_nothing() -> None:
    graph = lenet()
    nodes = tuple(
        msgspec.structs.replace(node, id=f"n{number}", xy=(number * 8.0, 16.0))
        for number, node in enumerate(graph.nodes)
    )
    ids = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    edges = [Edge(ids[e.source], e.source_port, ids[e.target], e.target_port) for e in graph.edges]
    assert fingerprint(Graph(nodes=nodes, edges=tuple(reversed(edges))), {}) == fingerprint(graph, {})


def test_a_setting_a_name_a_wire_and_shared_weights_do() -> None:
    graph = lenet()

    def changed(**fields: object) -> str:
        nodes = tuple(msgspec.structs.replace(n, **fields) if n.name == "dense_2" else n for n in graph.nodes)
        return fingerprint(Graph(nodes=nodes, edges=graph.edges), {})

    others = {
        changed(),
        changed(params=freeze_params({"out_features": 85})),
        changed(name="dense"),
        changed(kind="Bilinear"),
        changed(shares="dense_1"),
        fingerprint(Graph(nodes=graph.nodes, edges=graph.edges[:-1]), {}),
    }
    assert len(others) == 6
    assert changed() == fingerprint(graph, {})


def test_a_block_counts_where_it_is_used() -> None:
    graph, blocks = residual()
    spare = {**blocks, "Spare": Block(name="Spare")}
    assert fingerprint(graph, spare) == fingerprint(graph, blocks)
    block = LIBRARY["ResidualBlock"].block
    inner = Graph(nodes=block.graph.nodes[:-1], edges=block.graph.edges)
    assert fingerprint(graph, {"ResidualBlock": msgspec.structs.replace(block, graph=inner)}) != fingerprint(
        graph, blocks
    )


def test_broken_drawings_have_one_too() -> None:
    lost = Graph(nodes=(Node(id="a", kind="Nothing", name="a"),), edges=(Edge("a", "x", "gone", "y"),))
    assert len(fingerprint(lost, {})) == 64
    inside = chain(("again", "Block", {"block": "Loop"}))
    assert len(fingerprint(inside, {"Loop": Block(name="Loop", graph=inside)})) == 64
