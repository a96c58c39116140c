"""Sharing of weights stays one step deep, whatever is asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core.edits import own_weights, paste, remove_nodes, replace, share_weights
from nnstudio.core.graph import Graph, Node

IDS = tuple("abcdef")
STEPS = st.lists(st.tuples(st.sampled_from(IDS), st.sets(st.sampled_from(IDS)), st.sampled_from("sssor")), max_size=8)


def layers(**shares: str) -> Graph:
    return Graph(nodes=tuple(Node(id=id_, kind="Linear", name=f"dense_{id_}", shares=shares.get(id_)) for id_ in IDS))


def owners(graph: Graph) -> dict[str, str]:
    return {node.id: node.shares for node in graph.nodes if node.shares is not None}


def test_an_owner_passes_on_whose_weights_it_uses() -> None:
    assert owners(share_weights(layers(), "a", ["b", "c"])) == {"b": "a", "c": "a"}
    assert owners(share_weights(layers(b="a"), "b", ["c"])) == {"b": "a", "c": "a"}
    assert owners(share_weights(layers(c="b"), "a", ["b"])) == {"b": "a", "c": "a"}
    assert owners(share_weights(layers(b="a", c="a"), "b", ["a", "d"])) == {"b": "a", "c": "a", "d": "a"}


def test_what_a_file_got_wrong_is_put_right() -> None:
    assert owners(share_weights(layers(a="gone"), "a", ["b"])) == {"b": "a"}
    assert owners(share_weights(layers(a="b", b="a"), "a", ["b"])) == {"b": "a"}


def test_own_weights_concern_those_alone_that_are_named() -> None:
    graph = layers(b="a", c="a")
    assert owners(own_weights(graph, ["c", "d"])) == {"b": "a"}
    assert own_weights(graph, ["d"]) == graph


@given(STEPS)
def test_owners_are_there_and_have_weights_of_their_own(steps: list[tuple[str, set[str], str]]) -> None:
    graph = layers()
    for owner, ids, deed in steps:
        there = sorted(ids & graph.by_id.keys())
        if deed == "s" and owner in graph.by_id:
            graph = share_weights(graph, owner, there)
            assert all(graph.by_id[id_].shares or id_ == owner or owner in owners(graph) for id_ in there)
        elif deed == "o":
            graph = own_weights(graph, there)
        else:
            graph = remove_nodes(graph, there[:1])
        for id_, shared in owners(graph).items():
            assert shared != id_
            assert graph.by_id[shared].shares is None


def test_copies_share_among_themselves() -> None:
    graph = layers(b="a")
    both, ids = paste(graph, graph.nodes[:2], (), (0.0, 0.0))
    assert both.by_id[ids[1]].shares == ids[0]
    one, (alone,) = paste(graph, [replace(graph.nodes[1], xy=(1.0, 1.0))], (), (0.0, 0.0))
    assert one.by_id[alone].shares is None
