"""The layout: nothing overlaps, data goes one way, trunks are straight, and few wires cross."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.drawings import random_net
from nnstudio.core.graph import Edge
from nnstudio.project.layout import Box, arrange
from nnstudio.project.layout.arranging import Direction

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
