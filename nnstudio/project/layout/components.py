"""What of a drawing hangs together, and how its parts are packed."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

from nnstudio.project.layout.ranks import Arc

Place = tuple[float, float]


def components(num: int, arcs: Sequence[Arc]) -> list[list[int]]:
    """Return the nodes that hang together, parts and nodes in the order given."""
    root = list(range(num))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for source, target in arcs:
        first, second = sorted((find(source), find(target)))
        root[second] = first
    found: dict[int, list[int]] = {}
    for node in range(num):
        found.setdefault(find(node), []).append(node)
    return list(found.values())


def shelve(sizes: Sequence[Place], length: float, gap: Place) -> list[Place]:
    """Return places for rectangles side by side, in rows about as long as ``length`` or as all are high."""
    widest = max((size[0] for size in sizes), default=0.0) + gap[0]
    in_row = max(1, int(length // widest), ceil(sqrt(len(sizes)))) if sizes else 1
    places: list[Place] = []
    top = 0.0
    for start in range(0, len(sizes), in_row):
        row = sizes[start : start + in_row]
        places += [(number * widest, top) for number in range(len(row))]
        top += max(size[1] for size in row) + gap[1]
    return places
