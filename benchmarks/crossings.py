"""Crossings of wires counted the same way whoever laid the drawing out: this program, or ``dot`` of Graphviz.

Every wire is a line with corners, from the middle of one card to the middle of the other: through its lanes here, along
its spline there, eight straight pieces to a curve. Two wires that share a card are not counted, nor do ports count, as
dot was not told of any; two wires that cross twice count once.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from nnstudio.core.graph import Edge
from nnstudio.project.layout import Box
from nnstudio.project.layout.arranging import CARD_GAP, RANK_GAP, arrangement

Point = tuple[float, float]
Ways = list[tuple[str, str, list[Point]]]
_INCH = 72.0


def own_ways(boxes: Mapping[str, Box], edges: Sequence[Edge]) -> Ways:
    """Return the ways of this program's wires, ports regarded as ever."""
    found = arrangement(boxes, edges).ways
    return list({(edge.source, edge.target): (edge.source, edge.target, way) for edge, way in found.items()}.values())


def dot_version() -> str | None:
    """Return what dot says of itself; None where it is missing."""
    if shutil.which("dot") is None:
        return None
    return subprocess.run(["dot", "-V"], capture_output=True, text=True, check=True).stderr.strip()  # noqa: S607


def dot_ways(boxes: Mapping[str, Box], edges: Sequence[Edge]) -> Ways:
    """Return the ways of dot's wires, for cards of the same size with the same gaps."""
    ids = list(boxes)
    number = {id_: at for at, id_ in enumerate(ids)}
    box = next(iter(boxes.values()))
    lines = [
        "rankdir=LR",
        f"nodesep={CARD_GAP['right'] / _INCH}",
        f"ranksep={RANK_GAP['right'] / _INCH}",
        f'node[shape=box,fixedsize=true,label="",width={box.width / _INCH},height={box.height / _INCH}]',
        *(str(at) for at in range(len(ids))),
        *(f"{source}->{target}" for source, target in sorted({(number[e.source], number[e.target]) for e in edges})),
    ]
    text = "digraph{" + ";".join(lines) + "}"
    asked = ["dot", "-Tplain"]
    answer = subprocess.run(asked, input=text, capture_output=True, text=True, check=True).stdout
    middles: dict[str, Point] = {}
    ways: Ways = []
    for line in answer.splitlines():
        kind, *words = line.split()
        if kind == "node":
            middles[words[0]] = (float(words[1]), float(words[2]))
        elif kind == "edge":
            source, target, count = words[0], words[1], int(words[2])
            numbers = [float(word) for word in words[3 : 3 + 2 * count]]
            spline = _flat(list(zip(numbers[::2], numbers[1::2], strict=True)))
            ways.append((ids[int(source)], ids[int(target)], [middles[source], *spline, middles[target]]))
    return ways


def _flat(points: Sequence[Point]) -> Iterator[Point]:
    """Yield points along cubic Bézier curves that follow each other."""
    yield points[0]
    for at in range(0, len(points) - 3, 3):
        curve = points[at : at + 4]
        for step in range(1, 9):
            t = step / 8
            shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            x = sum(share * point[0] for share, point in zip(shares, curve, strict=True))
            y = sum(share * point[1] for share, point in zip(shares, curve, strict=True))
            yield x, y


def crossings(ways: Ways) -> int:
    """Return how many pairs of wires without a card in common cross."""
    boxes = [(min(x for x, _ in way), max(x for x, _ in way)) for _, _, way in ways]
    count = 0
    for at, (source, target, way) in enumerate(ways):
        for other in range(at):
            first, second, its_way = ways[other]
            apart = boxes[at][1] < boxes[other][0] or boxes[other][1] < boxes[at][0]
            if not apart and not {source, target} & {first, second}:
                count += _cross(way, its_way)
    return count


def _cross(way: Sequence[Point], other: Sequence[Point]) -> bool:
    for a, b in pairwise(way):
        for c, d in pairwise(other):
            if _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0:
                return True
    return False


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
