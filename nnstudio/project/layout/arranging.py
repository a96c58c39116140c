"""From boxes and wires to places: the four steps of the layout, one part of the drawing after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

import msgspec

from nnstudio.core.graph import Edge
from nnstudio.project.layout.components import Place, components, shelve
from nnstudio.project.layout.coordinates import coordinates
from nnstudio.project.layout.ordering import Wire, layers
from nnstudio.project.layout.ranks import rank, turned_back
from nnstudio.project.layout.rerouting import uncross

Direction = Literal["right", "down"]

GRID = 8.0
"""Everything stands on multiples of this; a card's size is rounded up to one."""

FIRST_PORT = 32.0
"""How far below its upper edge a card has its first port. Cards of a line stand so that these are level."""

CARD_GAP = {"right": 48.0, "down": 72.0}
"""Free space between cards of one rank; wires that come back pass through it where the drawing goes down."""

RANK_GAP = {"right": 56.0, "down": 64.0}
STEEP_GAP = 24.0
"""Free space between ranks, and what is added where wires between them are steep."""

LANE = 24.0
"""How wide the lane of a wire is."""

PART_GAP = 96.0
"""Free space between parts that are not connected."""


class Stopped(Exception):  # noqa: N818  it is no error
    """Raised by `arrange` when asked to stop."""


class Box(msgspec.Struct, frozen=True):
    """What a layout knows of a card: its size, and the names of its ports from top to bottom."""

    width: float
    height: float
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where cards stand and wires run.

    Attributes:
        places: the upper left corner of each box.
        ways: for each edge between two different boxes the points that its way leads through, with both ends.
    """

    places: dict[str, Place]
    ways: dict[Edge, list[Place]]


def arrange(
    boxes: Mapping[str, Box],
    edges: Sequence[Edge],
    direction: Direction = "right",
    stop: Callable[[], bool] = lambda: False,
) -> dict[str, Place]:
    """Return the upper left corner of each box, on the grid; the same drawing always gives the same.

    Any drawing will do: wires that close a cycle lead back, those to nowhere count for nothing. What is not connected
    stands below, or beside where the drawing goes down.

    Args:
        boxes: cards by id.
        edges: wires; a port that its box does not name counts as the last.
        direction: where data goes.
        stop: asked now and then; True ends the work.

    Raises:
        Stopped: ``stop`` said so.
    """
    return arrangement(boxes, edges, direction, stop).places


def arrangement(
    boxes: Mapping[str, Box],
    edges: Sequence[Edge],
    direction: Direction = "right",
    stop: Callable[[], bool] = lambda: False,
) -> Arrangement:
    """Do what `arrange` does, and tell the way of each wire too."""

    def check() -> None:
        if stop():
            raise Stopped

    number = {id_: at for at, id_ in enumerate(boxes)}
    ids = list(boxes)
    known = [
        edge
        for edge in dict.fromkeys(edges)
        if edge.source in number and edge.target in number and edge.source != edge.target
    ]
    arcs = [(number[edge.source], number[edge.target]) for edge in known]
    made = Arrangement({}, {})
    alone: list[str] = []
    edges_of: dict[str, list[Edge]] = {}
    parts = components(len(ids), arcs)
    part_of = {ids[node]: ids[part[0]] for part in parts for node in part}
    for edge in known:
        edges_of.setdefault(part_of[edge.source], []).append(edge)
    down = direction == "down"
    reach = length = 0.0
    for part in parts:
        names = [ids[node] for node in part]
        if len(names) == 1:
            alone += names
            continue
        found, size = _part([boxes[name] for name in names], names, edges_of[names[0]], direction, check)
        shift = (reach, 0.0) if down else (0.0, reach)
        for name, place in found.places.items():
            made.places[name] = (place[0] + shift[0], place[1] + shift[1])
        for edge, way in found.ways.items():
            made.ways[edge] = [(x + shift[0], y + shift[1]) for x, y in way]
        reach += (size[0] if down else size[1]) + PART_GAP
        length = max(length, size[1] if down else size[0])
    sizes = [(_up(boxes[name].width), _up(boxes[name].height)) for name in alone]
    if down:
        turned = shelve([(height, width) for width, height in sizes], length, (CARD_GAP["right"], RANK_GAP["right"]))
        shelf = [(x + reach, y) for y, x in turned]
    else:
        shelf = [(x, y + reach) for x, y in shelve(sizes, length, (RANK_GAP["right"], CARD_GAP["right"]))]
    made.places.update(zip(alone, shelf, strict=True))
    return Arrangement({id_: made.places[id_] for id_ in ids}, made.ways)


def _part(
    boxes: Sequence[Box], names: Sequence[str], edges: Sequence[Edge], direction: Direction, check: Callable[[], None]
) -> tuple[Arrangement, Place]:
    """Lay out boxes that hang together, and tell how much room they take from (0, 0) on."""
    down = direction == "down"
    number = {name: at for at, name in enumerate(names)}
    arcs = [(number[edge.source], number[edge.target]) for edge in edges]
    turned = turned_back(len(names), arcs)
    wires: list[Wire] = []
    for at, (source, target) in enumerate(arcs):
        edge = edges[at]
        # All ports are at a card's left and right: where the drawing goes down, their order says nothing.
        leaves = 0.0 if down else _port(boxes[source].outputs, edge.source_port)
        arrives = 0.0 if down else _port(boxes[target].inputs, edge.target_port)
        wires.append(Wire(target, arrives, source, leaves) if at in turned else Wire(source, leaves, target, arrives))
    ahead = [(wire.source, wire.target) for wire in wires]
    check()
    rank_of = rank(len(names), ahead)
    made = layers(rank_of, wires)
    check()
    uncross(made, rank_of, check)
    check()
    rank_of += [0] * (len(made.ins) - len(names))
    for at, row in enumerate(made.ranks):
        for vertex in row:
            rank_of[vertex] = at
    # How far each vertex reaches across the ranks, before and behind its coordinate.
    if down:
        reach = [(_up(box.width / 2), _up(box.width) - _up(box.width / 2)) for box in boxes]
    else:
        reach = [(FIRST_PORT, _up(box.height) - FIRST_PORT) for box in boxes]
    num, gap = len(names), CARD_GAP[direction]

    def distance(first: int, second: int) -> float:
        before = reach[first][1] if first < num else LANE / 2
        behind = reach[second][0] if second < num else LANE / 2
        between = gap if first < num and second < num else 20.0 if first < num or second < num else 0.0
        return _up(before + between + behind)

    found = coordinates(made, rank_of, ahead, distance)
    across = [floor(place / GRID + 0.5) * GRID for place in found]
    first = min(across[vertex] - (reach[vertex][0] if vertex < num else LANE / 2) for vertex in range(len(made.ins)))
    first = floor(first / GRID) * GRID
    across = [place - first for place in across]
    along, depth = _along(made.ranks, boxes, across, made.outs, direction)
    places: dict[str, Place] = {}
    for vertex, name in enumerate(names):
        corner = across[vertex] - reach[vertex][0]
        places[name] = (corner, along[rank_of[vertex]]) if down else (along[rank_of[vertex]], corner)
    ways: dict[Edge, list[Place]] = {}
    for edge, path in zip(edges, made.paths, strict=True):
        points = [(along[rank_of[vertex]] + depth[rank_of[vertex]] / 2, across[vertex]) for vertex in path]
        ways[edge] = [(y, x) for x, y in points] if down else points
    last = max(across[vertex] + (reach[vertex][1] if vertex < num else LANE / 2) for vertex in range(len(made.ins)))
    last, end = _up(last), along[-1] + depth[-1]
    return Arrangement(places, ways), ((last, end) if down else (end, last))


def _along(
    ranks: Sequence[Sequence[int]],
    boxes: Sequence[Box],
    across: Sequence[float],
    outs: Sequence[Sequence[tuple[int, float]]],
    direction: Direction,
) -> tuple[list[float], list[float]]:
    """Return where each rank begins and how deep it is; there is more room where steep wires lead on."""
    num = len(boxes)
    down = direction == "down"
    starts, depths = [], []
    start = 0.0
    for row in ranks:
        depth = max(_up(boxes[vertex].height if down else boxes[vertex].width) for vertex in row if vertex < num)
        starts.append(start)
        depths.append(depth)
        steep = max((abs(across[end] - across[vertex]) for vertex in row for end, _ in outs[vertex]), default=0.0)
        extra = 0.0 if down else STEEP_GAP * min(3, int(steep // 200.0))
        start += depth + RANK_GAP[direction] + extra
    return starts, depths


def _port(ports: Sequence[str], port: str) -> float:
    """Return how far down its side a port is, from 0 to below 1."""
    at = ports.index(port) if port in ports else len(ports)
    return at / (len(ports) + 1)


def _up(size: float) -> float:
    return ceil(size / GRID) * GRID
