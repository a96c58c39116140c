"""The layout: nothing overlaps, data goes one way, trunks are straight, and few wires cross."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.crossings import crossings, own_ways
from benchmarks.drawings import SEEDS, boxes_of, chain_with_skips, dense, googlenet, random_net, resnet50, unet
from nnstudio.core.graph import Edge
from nnstudio.project.layout import Box, Stopped, arrange
from nnstudio.project.layout.arranging import Direction
from nnstudio.project.layout.ordering import Wire, layers

DIRECTIONS: tuple[Direction, ...] = ("right", "down")
ports = st.sampled_from(["a", "b", "c", "no such port"])
sizes = st.sampled_from([112.0, 132.0, 212.0])


@st.composite
def drawings(draw: st.DrawFn) -> tuple[dict[str, Box], list[Edge]]:
    ids = [f"n{number}" for number in range(draw(st.integers(0, 14)))]
    boxes = {id_: Box(168.0, draw(sizes), ("a", "b", "c"), ("a", "b")) for id_ in ids}
    ends = st.sampled_from([*ids, "nobody"])
    return boxes, draw(st.lists(st.builds(Edge, ends, ports, ends, ports), max_size=30))


def overlaps(boxes: dict[str, Box], places: dict[str, tuple[float, float]]) -> list[tuple[str, str]]:
    rects = [(id_, *places[id_], box.width, box.height) for id_, box in boxes.items()]
    return [
        (a, b)
        for (a, ax, ay, aw, ah), (b, bx, by, bw, bh) in combinations(rects, 2)
        if ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah
    ]


@pytest.mark.parametrize("direction", DIRECTIONS)
@given(drawings())
def test_any_drawing_at_all(direction: Direction, drawing: tuple[dict[str, Box], list[Edge]]) -> None:
    boxes, edges = drawing
    places = arrange(boxes, edges, direction)
    assert list(places) == list(boxes)
    assert overlaps(boxes, places) == []
    assert all(x % 8 == 0 and y % 8 == 0 and x >= 0 and y >= 0 for x, y in places.values())
    assert arrange(boxes, edges, direction) == places


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("seed", range(20))
def test_data_goes_one_way(direction: Direction, seed: int) -> None:
    boxes, edges = random_net(seed)
    places = arrange(boxes, edges, direction)
    axis = 0 if direction == "right" else 1
    card = (168.0, 112.0)[axis]
    assert all(places[edge.source][axis] + card < places[edge.target][axis] for edge in edges)
    assert overlaps(boxes, places) == []


# Crossings that dot leaves in these drawings, counted as in benchmarks/crossings.py: graphviz 2.43.0, rankdir=LR.
DOT = (1, 0, 0, 0, 0, 7, 2, 6, 1, 3, 5, 8, 13, 1, 5, 2, 20, 6, 14, 3)


def test_about_as_few_wires_cross_as_with_graphviz() -> None:
    own = [crossings(own_ways(*random_net(seed))) for seed in SEEDS]
    assert sum(own) <= 1.1 * sum(DOT), own


def test_crossings_are_counted_right() -> None:
    cross = [("a", "b", [(0.0, 0.0), (1.0, 1.0)]), ("c", "d", [(0.0, 1.0), (1.0, 0.0)])]
    assert crossings(cross) == 1
    assert crossings([cross[0], ("c", "b", cross[1][2])]) == 0
    assert crossings([cross[0], ("c", "d", [(0.0, 1.0), (1.0, 2.0)])]) == 0


def chain(num: int) -> tuple[dict[str, Box], list[Edge]]:
    boxes = {f"n{number}": Box(168.0, 112.0, ("x",), ("y",)) for number in range(num)}
    return boxes, [Edge(f"n{number}", "y", f"n{number + 1}", "x") for number in range(num - 1)]


def test_a_chain_is_a_straight_line() -> None:
    right, down = (arrange(*chain(9), direction) for direction in DIRECTIONS)
    assert list(right.values()) == [(224.0 * number, 0.0) for number in range(9)]
    assert list(down.values()) == [(0.0, 176.0 * number) for number in range(9)]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_trunk_of_resnet_is_a_straight_line(direction: Direction) -> None:
    graph = resnet50()
    places = arrange(boxes_of(graph), graph.edges, direction)
    across = 1 if direction == "right" else 0
    of_shortcuts = {graph.into[node.id][1].source for node in graph.nodes if node.kind == "Add"}
    shortcuts = {id_ for id_ in of_shortcuts if graph.by_id[id_].kind == "BatchNorm2d"}
    shortcuts |= {graph.into[id_][0].source for id_ in shortcuts}
    assert len(shortcuts) == 8
    trunk = {places[node.id][across] for node in graph.nodes if node.id not in shortcuts}
    assert len(trunk) == 1
    assert not trunk & {places[id_][across] for id_ in shortcuts}


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_skips_leave_unet_straight(direction: Direction) -> None:
    graph = unet()
    places = arrange(boxes_of(graph), graph.edges, direction)
    assert len({place[direction == "right"] for place in places.values()}) == 1


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_branches_of_inception_lie_evenly_around_the_trunk(direction: Direction) -> None:
    graph = googlenet(3)
    places = {
        id_: place[direction == "right"] for id_, place in arrange(boxes_of(graph), graph.edges, direction).items()
    }
    joins = [node.id for node in graph.nodes if node.kind == "Concat"]
    line = places[graph.nodes[0].id]
    for join in joins:
        assert places[join] == line
        branches = [places[edge.source] for edge in graph.into[join]]
        assert sum(branches) == 4 * line
        assert len(set(branches)) == 4
        if direction == "right":  # in the order of the ports
            assert branches == sorted(branches)


def test_equal_towers_lie_above_and_below_the_line() -> None:
    boxes = {id_: Box(168.0, 112.0, ("a", "b"), ("y",)) for id_ in ("in", "up", "low", "up2", "low2", "join")}
    wires = ("in", "up"), ("up", "up2"), ("in", "low"), ("low", "low2"), ("up2", "join")
    edges = [*(Edge(source, "y", target, "a") for source, target in wires), Edge("low2", "y", "join", "b")]
    tops = {id_: place[1] for id_, place in arrange(boxes, edges).items()}
    assert tops == {"in": 80.0, "join": 80.0, "up": 0.0, "up2": 0.0, "low": 160.0, "low2": 160.0}


def test_a_source_stands_just_before_its_use() -> None:
    boxes, edges = chain(6)
    boxes |= {id_: Box(168.0, 112.0, ("x",), ("y",)) for id_ in ("table", "lookup")}
    edges += [Edge("table", "y", "lookup", "x"), Edge("lookup", "y", "n5", "z")]
    places = arrange(boxes, edges)
    assert places["lookup"][0] == places["n4"][0]
    assert places["table"][0] == places["n3"][0]


def test_wires_that_close_a_cycle_lead_back() -> None:
    boxes, edges = chain(5)
    forward = arrange(boxes, edges)
    assert arrange(boxes, [*edges, Edge("n2", "y", "n2", "x")]) == forward
    looped = arrange(boxes, [*edges, Edge("n4", "y", "n1", "x")])
    assert [looped[id_][0] for id_ in boxes] == [forward[id_][0] for id_ in boxes]
    assert len({place[1] for place in looped.values()}) == 1


def test_what_is_not_connected_stands_below_or_beside() -> None:
    boxes, edges = chain(4)
    boxes |= {f"alone{number}": Box(168.0, 112.0) for number in range(5)}
    right, down = arrange(boxes, edges), arrange(boxes, edges, "down")
    assert all(right[f"alone{number}"][1] >= 112.0 for number in range(5))
    assert all(down[f"alone{number}"][0] >= 168.0 for number in range(5))
    assert len({right[f"alone{number}"][1] for number in range(5)}) == 2


def test_dense_drawings_do_not_blow_up() -> None:
    boxes, edges = dense(60)
    places = arrange(boxes, edges)
    assert len({y for _, y in places.values()}) == 1
    wires = [Wire(source, 0.0, target, 0.0) for target in range(300) for source in range(target)]
    assert len(layers(list(range(300)), wires).ins) <= 25 * 300


def test_a_layout_can_be_stopped() -> None:
    boxes, edges = chain_with_skips(60)
    answers = iter([False, False, True])
    with pytest.raises(Stopped):
        arrange(boxes, edges, stop=lambda: next(answers))


def test_nothing_at_all() -> None:
    assert arrange({}, []) == {}
    assert arrange({"a": Box(168.0, 112.0)}, []) == {"a": (0.0, 0.0)}
