"""Edits that gestures on the canvas make."""

from __future__ import annotations

import pytest

from nnstudio.core.edits import add_node, connect, insert, make_room, remove_and_reconnect
from nnstudio.core.graph import Edge, Graph


def chain(length: int, pitch: float = 200.0) -> Graph:
    graph = Graph()
    for number in range(length):
        graph, _ = add_node(graph, "ReLU", "relu_", xy=(number * pitch, 0.0))
    for one, other in zip(graph.nodes, graph.nodes[1:], strict=False):
        graph = connect(graph, Edge(one.id, "output", other.id, "input"))
    return graph


def wires(graph: Graph) -> set[tuple[str, str]]:
    return {(graph.by_id[edge.source].name, graph.by_id[edge.target].name) for edge in graph.edges}


def test_removing_from_a_chain_closes_the_gap() -> None:
    graph = chain(4)
    middle = [node.id for node in graph.nodes[1:3]]
    assert wires(remove_and_reconnect(graph, middle)) == {("relu_1", "relu_4")}


def test_every_follower_is_fed_by_what_fed_the_removed_node() -> None:
    graph = chain(3)
    graph, extra = add_node(graph, "ReLU", "relu_")
    graph = connect(graph, Edge(graph.nodes[1].id, "output", extra, "input"))
    graph = remove_and_reconnect(graph, {graph.nodes[1].id})
    assert wires(graph) == {("relu_1", "relu_3"), ("relu_1", "relu_4")}


def test_a_node_with_two_wires_in_is_only_removed() -> None:
    graph = chain(3)
    graph, add = add_node(graph, "Add", "add_")
    graph = connect(graph, Edge(graph.nodes[0].id, "output", add, "input_1"))
    graph = connect(graph, Edge(graph.nodes[2].id, "output", add, "input_2"))
    graph, last = add_node(graph, "ReLU", "relu_")
    graph = connect(graph, Edge(add, "output", last, "input"))
    graph = remove_and_reconnect(graph, {add})
    assert wires(graph) == {("relu_1", "relu_2"), ("relu_2", "relu_3")}


def test_ends_of_a_chain_are_only_removed() -> None:
    graph = chain(3)
    assert wires(remove_and_reconnect(graph, {graph.nodes[0].id})) == {("relu_2", "relu_3")}
    assert wires(remove_and_reconnect(graph, {graph.nodes[2].id})) == {("relu_1", "relu_2")}


def test_inserting_splits_a_wire() -> None:
    graph = chain(2)
    graph, new = add_node(graph, "ReLU", "relu_")
    graph = insert(graph, graph.edges[0], new, "input", "output")
    assert wires(graph) == {("relu_1", "relu_3"), ("relu_3", "relu_2")}


def test_inserting_cannot_close_a_cycle() -> None:
    graph = chain(3)
    with pytest.raises(ValueError, match="cycle"):
        insert(graph, graph.edges[0], graph.nodes[2].id, "another", "output")


def test_neighbours_make_room_no_further_than_needed() -> None:
    graph = chain(5, pitch=200.0)
    moved = make_room(graph, graph.nodes[1].id, 220.0, 100.0)
    assert [node.xy[0] for node in moved.nodes] == [0.0, 200.0, 420.0, 640.0, 860.0]
    wide = chain(3, pitch=400.0)
    assert make_room(wide, wide.nodes[0].id, 220.0, 100.0) is wide


def test_other_rows_stay_where_they_are() -> None:
    graph = chain(2, pitch=100.0)
    graph, below = add_node(graph, "ReLU", "relu_", xy=(100.0, 150.0))
    moved = make_room(graph, graph.nodes[0].id, 220.0, 120.0)
    assert moved.by_id[below].xy == (100.0, 150.0)
    assert moved.nodes[1].xy == (220.0, 0.0)
