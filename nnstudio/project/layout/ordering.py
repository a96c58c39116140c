"""In which order the nodes of a rank stand, so that few wires cross.

Wires over more than one rank are broken into short ones by a lane in each rank between; wires from one port share
their lanes. Sweeps forth and back set every rank in the order of the medians of its neighbours (Eades and Wormald
1994), then neighbours change places where that saves a crossing (Gansner and others 1993).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_MOST_LANES = 12
"""Lanes per node that are worth their time; in a drawing with more, its longest wires go without."""

_MOST_LOOKS = 100_000
"""Ends of wires looked at after one sweep: about a tenth of a second."""

End = tuple[int, float]
"""The other end of a short wire: its vertex, and how far down its side the port is, from 0 to below 1."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire that leads ahead, between ports that are so far down their sides: from 0 to below 1."""

    source: int
    source_port: float
    target: int
    target_port: float


@dataclass(slots=True)
class Layers:
    """Vertices by rank: nodes have the numbers from 0 to ``num_nodes``, lanes those above.

    Attributes:
        ranks: the vertices of each rank, in order.
        ins: for each vertex what leads to it from the rank before.
        outs: for each vertex where it leads to in the rank behind.
        weights: how many wires run between two vertices.
        paths: for each wire the vertices along it, with both ends; a wire without lanes has only its ends.
    """

    num_nodes: int
    ranks: list[list[int]]
    ins: list[list[End]]
    outs: list[list[End]]
    paths: list[list[int]] = field(default_factory=list)
    weights: dict[tuple[int, int], int] = field(default_factory=dict)


def layers(rank_of: Sequence[int], wires: Sequence[Wire]) -> Layers:
    """Give every vertex its rank; in each, they stand as they are met on the way along the wires."""
    num = len(rank_of)
    made = Layers(num, [[] for _ in range(max(rank_of) + 1)], [[] for _ in rank_of], [[] for _ in rank_of])
    lanes: dict[tuple[int, float], list[int]] = {}
    joined = made.weights

    def join(source: int, source_port: float, target: int, target_port: float) -> None:
        joined[source, target] = joined.get((source, target), 0) + 1
        if joined[source, target] == 1:
            made.outs[source].append((target, target_port))
            made.ins[target].append((source, source_port))

    by_length = sorted(range(len(wires)), key=lambda n: (rank_of[wires[n].target] - rank_of[wires[n].source], n))
    made.paths = [[] for _ in wires]
    for number in by_length:
        wire = wires[number]
        way = lanes.setdefault((wire.source, wire.source_port), [])
        needed = rank_of[wire.target] - rank_of[wire.source] - 1
        if len(made.ins) - num + max(0, needed - len(way)) > _MOST_LANES * num:
            made.paths[number] = [wire.source, wire.target]
            continue
        while len(way) < needed:
            way.append(len(made.ins))
            made.ins.append([])
            made.outs.append([])
        path = [wire.source, *way[:needed], wire.target]
        ports = [wire.source_port, *[0.0] * needed, wire.target_port]
        for (before, after), (leaves, arrives) in zip(pairwise(path), pairwise(ports), strict=True):
            join(before, leaves, after, arrives)
        made.paths[number] = path
    made.ranks = first_order(made, rank_of)
    return made


def first_order(made: Layers, rank_of: Sequence[int], *, backwards: bool = False) -> list[list[int]]:
    """Return every rank in the order in which the ones before it lead there, or those behind it; lanes above nodes."""
    num = made.num_nodes
    ranks: list[list[int]] = [[] for _ in range(max(rank_of) + 1)]
    starts: list[list[int]] = [[] for _ in ranks]
    for node, found in enumerate(rank_of[:num]):
        starts[found].append(node)
    if backwards:
        starts.reverse()
    met = [False] * len(made.ins)
    ends_of = made.ins if backwards else made.outs
    for number, row in enumerate(ranks):
        for vertex in ranks[number - 1] if number else ():
            for target, _ in sorted(ends_of[vertex], key=lambda end: end[0] < num):
                if not met[target]:
                    met[target] = True
                    row.append(target)
        row += [node for node in starts[number] if not met[node]]
    if backwards:
        ranks.reverse()
    return ranks


def order(layers: Layers, check: Callable[[], None]) -> None:
    """Change the order within the ranks until sweeps save no more crossings; ``check`` is called between sweeps."""
    place = places(layers)
    size = sum(len(ends) for ends in layers.outs)
    most = 4 + 12_000 // (size + 200)
    found = _settle(layers, place)
    best, best_ranks, idle = sum(found), [list(row) for row in layers.ranks], 0
    for number in range(most):
        if best == 0 or idle >= 6:
            break
        check()
        _sweep(layers, place, down=number % 2 == 0, mirrored=number % 4 >= 2)
        found = _settle(layers, place)
        idle += 1
        if sum(found) < best:
            best, best_ranks, idle = sum(found), [list(row) for row in layers.ranks], 0
    layers.ranks[:] = best_ranks


def places(layers: Layers) -> list[int]:
    """Return which place in its rank each vertex has."""
    place = [0] * len(layers.ins)
    for row in layers.ranks:
        for number, vertex in enumerate(row):
            place[vertex] = number
    return place


def _sweep(layers: Layers, place: list[int], *, down: bool, mirrored: bool) -> None:
    """Set each rank in the order of the medians of its neighbours in the one before, or behind."""
    neighbours = layers.ins if down else layers.outs
    rows = layers.ranks[1:] if down else layers.ranks[-2::-1]
    for row in rows:
        if len(row) > 1:
            keys = {vertex: _median(neighbours[vertex], place, place[vertex]) for vertex in row}
            if mirrored:
                row.reverse()
            row.sort(key=keys.__getitem__)
            for number, vertex in enumerate(row):
                place[vertex] = number


def _median(ends: list[End], place: list[int], default: int) -> float:
    """Return the median place, leaning to where neighbours are packed close if there are two in the middle."""
    if not ends:
        return default
    if len(ends) == 1:
        return place[ends[0][0]] + ends[0][1]
    found = sorted(place[vertex] + port for vertex, port in ends)
    middle = len(found) // 2
    if len(found) % 2:
        return found[middle]
    low, high = found[middle - 1], found[middle]
    left, right = low - found[0], found[-1] - high
    return (low * right + high * left) / (left + right) if left + right else (low + high) / 2


def _settle(layers: Layers, place: list[int]) -> list[int]:
    """Let neighbours change places where that saves crossings; return the crossings behind each rank."""
    num_ranks = len(layers.ranks)
    found = [_crossings(layers, number, place) for number in range(num_ranks - 1)]
    waiting = {number for number in range(num_ranks) if _around(found, number)}
    looks = _MOST_LOOKS
    for _ in range(8):
        again: set[int] = set()
        for number in sorted(waiting):
            row = layers.ranks[number]
            size = sum(len(layers.ins[vertex]) + len(layers.outs[vertex]) for vertex in row)
            if len(row) < 2 or size > looks or not _around(found, number):
                continue
            rounds, changed = _swap(layers, number, place, looks // size)
            looks -= rounds * size
            if changed:
                for gap in (number - 1, number):
                    if 0 <= gap < num_ranks - 1:
                        found[gap] = _crossings(layers, gap, place)
                again |= {near for near in (number - 1, number, number + 1) if 0 <= near < num_ranks}
        waiting = again
        if not waiting:
            break
    return found


def _around(found: list[int], number: int) -> bool:
    return (number > 0 and found[number - 1] > 0) or (number < len(found) and found[number] > 0)


def _swap(layers: Layers, number: int, place: list[int], most: int) -> tuple[int, bool]:
    """Change places within a rank until no pair of neighbours saves a crossing.

    Returns:
        How often it went through the rank, ``most`` times at most, and whether it changed anything.
    """
    row = layers.ranks[number]
    ins = {vertex: sorted(place[end] for end, _ in layers.ins[vertex]) for vertex in row}
    outs = {vertex: sorted(place[end] for end, _ in layers.outs[vertex]) for vertex in row}
    changed, again, rounds = False, True, 0
    while again and rounds < most:
        again = False
        rounds += 1
        for at in range(len(row) - 1):
            first, second = row[at], row[at + 1]
            if _saved(ins[first], ins[second]) + _saved(outs[first], outs[second]) > 0:
                row[at], row[at + 1] = second, first
                changed = again = True
    for at, vertex in enumerate(row):
        place[vertex] = at
    return rounds, changed


def _saved(first: list[int], second: list[int]) -> int:
    """Return how many crossings are saved when the one with the ends ``first`` comes behind the other."""
    return _above(first, second) - _above(second, first)


def _above(ends: list[int], others: list[int]) -> int:
    """Return for how many pairs the one of ``ends`` is the greater."""
    if len(ends) == len(others) == 1:
        return int(ends[0] > others[0])
    count, at = 0, 0
    for end in ends:
        while at < len(others) and others[at] < end:
            at += 1
        count += at
    return count


def _crossings(layers: Layers, number: int, place: list[int]) -> int:
    """Count the crossings between a rank and the next, by inserting ends in the order of their beginnings."""
    outs = layers.outs
    seen: list[int] = []
    count = 0
    for vertex in layers.ranks[number]:
        ends = outs[vertex]
        if len(ends) == 1:
            end = place[ends[0][0]]
            count += len(seen) - bisect_right(seen, end)
            insort(seen, end)
        elif ends:
            found = [place[end] for end, _ in ends]
            for end in found:
                count += len(seen) - bisect_right(seen, end)
            for end in found:
                insort(seen, end)
    return count


def weighted_crossings(layers: Layers) -> int:
    """Return how many pairs of wires cross; those from one port do not."""
    place = places(layers)
    count = 0
    for row in layers.ranks[:-1]:
        seen: list[int] = []
        for vertex in row:
            ends = [(place[end], layers.weights[vertex, end]) for end, _ in layers.outs[vertex]]
            for end, weight in ends:
                count += weight * (len(seen) - bisect_right(seen, end))
            for end, weight in ends:
                at = bisect_right(seen, end)
                seen[at:at] = [end] * weight
    return count
