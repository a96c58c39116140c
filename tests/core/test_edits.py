"""Edits give new drawings and refuse what cannot be."""

from __future__ import annotations

import pytest

from nnstudio.core.edits import add_node, connect, downstream, paste, remove_nodes, rename, upstream
from nnstudio.core.graph import Edge, Graph


def chain(length: int) -> Graph:
    graph = Graph()
    for _ in range(length):
        graph, _ = add_node(graph, "ReLU", "relu_")
    for one, other in zip(graph.nodes, graph.nodes[1:], strict=False):
        graph = connect(graph, Edge(one.id, "output", other.id, "input"))
    return graph


def test_a_cycle_cannot_be_closed() -> None:
    graph = chain(3)
    first, last = graph.nodes[0], graph.nodes[-1]
    with pytest.raises(ValueError, match=r"relu_3 already depends on relu_1: this wire would close a cycle"):
        connect(graph, Edge(last.id, "output", first.id, "input"))
    with pytest.raises(ValueError, match="cycle"):
        connect(graph, Edge(first.id, "output", first.id, "input"))


def test_a_second_wire_replaces_the_first() -> None:
    graph = chain(3)
    first, last = graph.nodes[0], graph.nodes[-1]
    graph = connect(graph, Edge(first.id, "output", last.id, "input"))
    feed = graph.feed(last.id, "input")
    assert feed is not None
    assert feed.source == first.id
    assert len(graph.edges) == 2


def test_removing_takes_wires_along() -> None:
    graph = chain(3)
    middle = graph.nodes[1]
    graph = remove_nodes(graph, [middle.id])
    assert [node.name for node in graph.nodes] == ["relu_1", "relu_3"]
    assert graph.edges == ()


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("forward", "already means something in PyTorch"),
        ("training", "already means something in PyTorch"),
        ("lambda", "word of the Python language"),
        ("__class__", "starts with a letter"),
        ("conv 1", "starts with a letter"),
        ("卷积", "starts with a letter"),
        ("", "starts with a letter"),
        ("a" * 65, "at most 64 characters"),
        ("relu_2", "Another layer is already called 'relu_2'"),
    ],
)
def test_names_that_cannot_be_code_are_refused(name: str, fault: str) -> None:
    graph = chain(2)
    with pytest.raises(ValueError, match=fault):
        rename(graph, graph.nodes[0].id, name)


def test_module_attributes_are_all_known() -> None:
    """A layer named like an attribute of nn.Module would hide it."""
    from torch import fx, nn

    from nnstudio.core.names import name_fault

    own = set(dir(fx.GraphModule(nn.Module(), fx.Graph()))) | set(dir(nn.Module()))
    free = sorted(name for name in own if not name.startswith("_") and name_fault(name) is None)
    assert free == []


def test_pasting_makes_fresh_names_and_keeps_wires() -> None:
    graph = chain(2)
    bigger, ids = paste(graph, graph.nodes, graph.edges, (16.0, 16.0))
    assert [bigger.by_id[id_].name for id_ in ids] == ["relu_3", "relu_4"]
    assert len(bigger.edges) == 2
    assert bigger.nodes[2].xy == (16.0, 16.0)
    assert len({node.id for node in bigger.nodes}) == 4


def test_reach_follows_wires_both_ways() -> None:
    graph = chain(4)
    ids = [node.id for node in graph.nodes]
    assert downstream(graph, ids[1]) == frozenset(ids[1:])
    assert upstream(graph, ids[1]) == frozenset(ids[:2])
