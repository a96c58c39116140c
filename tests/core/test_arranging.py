"""Cards in line, what lies before and behind, and nodes that leave their wires or keep them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.core.arranging import (
    Rect,
    Side,
    Way,
    align,
    all_downstream,
    all_upstream,
    bridges,
    distribute,
    feeds,
    paste_fed,
    pull_out,
)
from nnstudio.core.edits import connect, remove_and_reconnect, remove_nodes
from nnstudio.core.graph import Edge, Graph, Node

_NUMBERS = st.integers(-1000, 1000).map(float)
_SIZES = st.integers(1, 300).map(float)
RECTS = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(_NUMBERS, _NUMBERS, _SIZES, _SIZES), max_size=8)


def drawing(*wires: str) -> Graph:
    """Wires as ``ab``: from a to b, by ports called out and in."""
    nodes = tuple(Node(id=id_, kind="ReLU", name=f"layer_{id_}") for id_ in sorted(set("".join(wires))))
    return Graph(nodes=nodes, edges=tuple(Edge(wire[0], "out", wire[1], wire[2:] or "in") for wire in wires))


def ends(graph: Graph) -> set[str]:
    return {edge.source + edge.target for edge in graph.edges}


def line(rect: Rect, side: Side) -> float:
    left, top, wide, high = rect
    return {
        "left": left,
        "centre": left + wide / 2,
        "right": left + wide,
        "top": top,
        "middle": top + high / 2,
        "bottom": top + high,
    }[side]


@pytest.mark.parametrize("side", ["left", "centre", "right", "top", "middle", "bottom"])
@given(rects=RECTS)
def test_one_side_is_in_line_and_the_other_axis_stays(side: Side, rects: dict[str, Rect]) -> None:
    places = align(rects, side)
    assert places.keys() == rects.keys()
    moved = {id_: (*places[id_], *rect[2:]) for id_, rect in rects.items()}
    assert len({round(line(rect, side), 6) for rect in moved.values()}) <= 1
    other = 1 if side in ("left", "centre", "right") else 0
    assert all(moved[id_][other] == rect[other] for id_, rect in rects.items())
    for outer, choose in (("left", min), ("right", max), ("top", min), ("bottom", max)):
        if side == outer and rects:
            assert line(next(iter(moved.values())), side) == choose(line(rect, side) for rect in rects.values())


@pytest.mark.parametrize("way", ["across", "down"])
@given(rects=RECTS)
def test_gaps_are_equal_and_the_outermost_stay(way: Way, rects: dict[str, Rect]) -> None:
    axis = 0 if way == "across" else 1
    places = distribute(rects, way)
    assert places.keys() == rects.keys()
    if len(rects) < 3:
        assert all(places[id_] == rect[:2] for id_, rect in rects.items())
        return
    order = list(places)
    gaps = [places[b][axis] - places[a][axis] - rects[a][axis + 2] for a, b in pairwise(order)]
    assert max(gaps) - min(gaps) < 0.02 + 1e-6  # places are rounded to hundredths
    for id_ in (order[0], order[-1]):
        assert places[id_] == pytest.approx(rects[id_][:2], abs=0.006)
    middles = [rects[id_][axis] + rects[id_][axis + 2] / 2 for id_ in order]
    assert middles == sorted(middles)


def test_all_that_lies_before_and_behind() -> None:
    graph = drawing("ab", "bc", "cd", "xc", "by")
    assert all_upstream(graph, "c") == set("abcx")
    assert all_downstream(graph, "b") == set("bcdy")
    assert all_downstream(graph, "xy") == set("xcdy")
    assert all_upstream(graph, ()) == frozenset()


def test_a_gap_that_would_close_a_cycle_stays_open() -> None:
    graph = drawing("yr", "rc", "cx")  # x and y are pulled out together; r, which y feeds, leads to c, which feeds x
    assert ends(pull_out(graph, "xy")) == {"rc"}


def test_a_node_pulled_out_closes_its_gap() -> None:
    graph = drawing("ab", "bc", "bd")
    assert ends(pull_out(graph, "b")) == {"ac", "ad"}
    assert pull_out(graph, "b").by_id == graph.by_id
    assert ends(pull_out(graph, "b")) == ends(remove_and_reconnect(graph, "b"))


def test_several_keep_the_wires_among_them() -> None:
    graph = drawing("ab", "bc", "cd")
    assert ends(pull_out(graph, "bc")) == {"bc", "ad"}


def test_where_several_feed_it_nothing_is_closed() -> None:
    graph = drawing("ac", "bc2", "cd")
    assert bridges(graph, "c") == ()
    assert ends(pull_out(graph, "c")) == set()
    assert ends(pull_out(graph, "a")) == {"bc", "cd"}


def test_copies_are_fed_as_the_originals() -> None:
    graph = drawing("ab", "bc", "xc2")
    clip = Graph(nodes=(graph.by_id["b"], graph.by_id["c"]), edges=(Edge("b", "out", "c", "in"),))
    fed = feeds(graph, "bc")
    assert {edge.source for edge in fed} == {"a", "x"}
    new, (b, c) = paste_fed(graph, clip, fed, (10.0, 10.0))
    assert set(new.edges) - set(graph.edges) == {
        Edge("a", "out", b, "in"),
        Edge("x", "out", c, "2"),
        Edge(b, "out", c, "in"),
    }


def test_what_is_gone_feeds_no_copy() -> None:
    graph = drawing("ab", "bc")
    clip = Graph(nodes=(graph.by_id["b"],))
    new, _ = paste_fed(remove_nodes(graph, "a"), clip, feeds(graph, "b"), (0.0, 0.0))
    assert ends(new) == {"bc"}


def test_no_port_of_a_copy_is_fed_twice() -> None:
    graph = drawing("ab", "xb2")
    clip = Graph(nodes=(graph.by_id["b"], graph.by_id["x"]), edges=(Edge("x", "out", "b", "in"),))
    fed = (Edge("a", "out", "b", "in"), Edge("a", "out", "b", "2"), Edge("x", "out", "b", "2"))
    new, (b, x) = paste_fed(graph, clip, fed, (0.0, 0.0))
    feeding = [edge for edge in new.edges if edge.target == b]
    assert feeding == [Edge(x, "out", b, "in"), Edge("x", "out", b, "2")]
    assert connect(new, Edge(x, "out", b, "3")) != new
