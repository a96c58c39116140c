"""The trunk of a network: the longest way through it, which is drawn as a straight line."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.project.layout.ordering import Layers


def trunk(layers: Layers) -> list[int]:
    """Return the vertices along the way that leads through the most nodes, one of each rank."""
    num = layers.num_nodes
    length = [0] * len(layers.ins)
    before: list[int | None] = [None] * len(layers.ins)
    for row in layers.ranks:
        for vertex in row:
            for end, _ in layers.ins[vertex]:
                if before[vertex] is None or length[end] > length[before[vertex] or 0]:
                    before[vertex] = end
            came = before[vertex]
            length[vertex] = (length[came] if came is not None else 0) + (vertex < num)
    way = [max(layers.ranks[-1], key=lambda vertex: (length[vertex], -vertex))]
    while (came := before[way[-1]]) is not None:
        way.append(came)
    way.reverse()
    return way


def spine(layers: Layers, way: Sequence[int], rank_of: Sequence[int]) -> set[int]:
    """Return what of the trunk stays on the line.

    Where branches run beside the trunk that are about as long as its own part there, that part becomes a branch like
    the others, so that all of them lie evenly on both sides of the line.
    """
    on_trunk = set(way)
    first, last = rank_of[way[0]], rank_of[way[-1]]
    kept = set(way)
    seen: set[int] = set()
    for row in layers.ranks:
        for start in row:
            if start in on_trunk or start in seen:
                continue
            seen.add(start)
            branch, entries, exits = [start], set[int](), set[int]()
            for vertex in branch:
                for ends, met in ((layers.ins[vertex], entries), (layers.outs[vertex], exits)):
                    for other, _ in ends:
                        if other in on_trunk:
                            met.add(rank_of[other])
                        elif other not in seen:
                            seen.add(other)
                            branch.append(other)
            own = {rank_of[vertex] for vertex in branch if vertex < layers.num_nodes}
            if not own:
                continue
            begin = min(entries) if entries else first - 1 if min(own) == first else None
            end = max(exits) if exits else last + 1 if max(own) == last else None
            if begin is None or end is None:
                continue
            if 2 * sum(begin < found < end for found in own) > end - begin - 1:
                kept -= {vertex for vertex in way if begin < rank_of[vertex] < end}
    return kept
