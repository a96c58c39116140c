"""Where across the ranks each vertex stands: the trunk on a line, branches evenly beside it, lanes where room is left.

Vertices that one wire joins without need for a bend are tied to a bar; a bar has one coordinate. Bars then move to the
middle of their neighbours as far as those beside them allow: once pushing only one way, once only the other, and the
mean of both keeps all distances and is even. Nodes go first, as if lanes had no will of their own; lanes follow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import inf

from nnstudio.project.layout.ordering import Layers
from nnstudio.project.layout.trunk import spine, trunk

_ROUNDS = 8

Distance = Callable[[int, int], float]
"""Gives how far two vertices that stand side by side must be apart."""


def coordinates(
    layers: Layers, rank_of: Sequence[int], arcs: Sequence[tuple[int, int]], distance: Distance
) -> list[float]:
    """Return the coordinate of every vertex across the ranks; that of the trunk is 0.

    Args:
        layers: the vertices in order.
        rank_of: the rank of every vertex, lanes too.
        arcs: the wires between nodes.
        distance: how far neighbours must be apart.
    """
    way = trunk(layers)
    line = spine(layers, way, rank_of)
    bar_of, num_bars = _bars(layers, way, line)
    fixed = [False] * num_bars
    for vertex in line:
        fixed[bar_of[vertex]] = True
    has_node = [False] * num_bars
    for vertex in range(layers.num_nodes):
        has_node[bar_of[vertex]] = True
    beside = _beside(layers, bar_of, distance, num_bars)
    order = _in_order(beside, num_bars)
    place = [0.0] * num_bars
    ends = _neighbours(rank_of, arcs, bar_of, num_bars)
    _let_move(place, order, beside, fixed, [bar for bar in order if has_node[bar] and not fixed[bar]], ends)
    fixed = [found or has for found, has in zip(fixed, has_node, strict=True)]
    ends = _ends_of_lanes(layers, bar_of, num_bars)
    _let_move(place, order, beside, fixed, [bar for bar in order if not fixed[bar]], ends)
    return [place[bar] for bar in bar_of]


Beside = list[list[tuple[int, float]]]


def _bars(layers: Layers, way: Sequence[int], line: set[int]) -> tuple[list[int], int]:
    """Tie vertices to bars, none of which crosses another or the trunk; return the bar of each and how many there are.

    What is on the line stays single, as it has its coordinate already.
    """
    num = layers.num_nodes
    place = [0] * len(layers.ins)
    for row in layers.ranks:
        for number, vertex in enumerate(row):
            place[vertex] = number
    ahead: list[int | None] = [None] * len(layers.ins)
    for number, row in enumerate(layers.ranks[:-1]):
        ways = [(place[way[number]], place[way[number + 1]])]
        wanted: list[tuple[int, int, int]] = []
        if way[number] not in line and way[number + 1] not in line:
            ahead[way[number]] = way[number + 1]
        for vertex in row:
            if vertex == way[number] or not layers.outs[vertex]:
                continue
            for end, _ in layers.outs[vertex]:
                if end == way[number + 1]:
                    continue
                grade = _grade(layers, vertex, end, num)
                if grade is not None:
                    wanted.append((grade, vertex, end))
        for _, vertex, end in sorted(wanted, key=lambda found: (found[0], place[found[1]], place[found[2]])):
            pair = (place[vertex], place[end])
            at = bisect_left(ways, pair)
            after = at == len(ways) or (ways[at][0] > pair[0] and ways[at][1] > pair[1])
            if after and (at == 0 or (ways[at - 1][0] < pair[0] and ways[at - 1][1] < pair[1])):
                ways.insert(at, pair)
                ahead[vertex] = end
    bar_of = [-1] * len(layers.ins)
    num_bars = 0
    for row in layers.ranks:
        for start in row:
            if bar_of[start] < 0:
                on: int | None = start
                while on is not None:
                    bar_of[on] = num_bars
                    on = ahead[on]
                num_bars += 1
    return bar_of, num_bars


def _grade(layers: Layers, source: int, target: int, num: int) -> int | None:
    """Return how early two vertices are to be tied, the lower the earlier; None where a bend is better."""
    if source < num and target < num:
        only = sum(end < num for end, _ in layers.outs[source]) == sum(end < num for end, _ in layers.ins[target]) == 1
        return 0 if only else None
    if source >= num and target >= num:
        return 1
    node, ends = (source, layers.outs[source]) if source < num else (target, layers.ins[target])
    return 2 if len(ends) == 1 and node < num else None


def _beside(layers: Layers, bar_of: Sequence[int], distance: Distance, num_bars: int) -> Beside:
    """Return for each bar those that stand just behind it somewhere, and how far away they must be."""
    most: list[dict[int, float]] = [{} for _ in range(num_bars)]
    for row in layers.ranks:
        for first, second in pairwise(row):
            known, bar = most[bar_of[first]], bar_of[second]
            known[bar] = max(known.get(bar, 0.0), distance(first, second))
    return [list(known.items()) for known in most]


def _in_order(beside: Beside, num_bars: int) -> list[int]:
    """Return the bars so that each comes before those beside it."""
    waiting = [0] * num_bars
    for known in beside:
        for bar, _ in known:
            waiting[bar] += 1
    order = [bar for bar, count in enumerate(waiting) if count == 0]
    for bar in order:
        for other, _ in beside[bar]:
            waiting[other] -= 1
            if waiting[other] == 0:
                order.append(other)
    assert len(order) == num_bars
    return order


Ends = list[tuple[list[int], list[int]]]
"""For each bar the bars that lead to it, and those it leads to."""


def _neighbours(rank_of: Sequence[int], arcs: Sequence[tuple[int, int]], bar_of: Sequence[int], num_bars: int) -> Ends:
    """Return the nodes' neighbours: next ones where there are any, otherwise those far away."""
    near: Ends = [([], []) for _ in range(num_bars)]
    far: Ends = [([], []) for _ in range(num_bars)]
    for source, target in arcs:
        first, second = bar_of[source], bar_of[target]
        if first != second:
            known = near if rank_of[target] - rank_of[source] == 1 else far
            known[first][1].append(second)
            known[second][0].append(first)
    return [
        (ins or away[0], outs or away[1]) if ins or outs else away for (ins, outs), away in zip(near, far, strict=True)
    ]


def _ends_of_lanes(layers: Layers, bar_of: Sequence[int], num_bars: int) -> Ends:
    ends: Ends = [([], []) for _ in range(num_bars)]
    for lane in range(layers.num_nodes, len(layers.ins)):
        bar = bar_of[lane]
        ends[bar][0].extend(bar_of[end] for end, _ in layers.ins[lane] if bar_of[end] != bar)
        ends[bar][1].extend(bar_of[end] for end, _ in layers.outs[lane] if bar_of[end] != bar)
    return ends


def _let_move(
    place: list[float],
    order: Sequence[int],
    beside: Beside,
    fixed: Sequence[bool],
    movable: Sequence[int],
    ends: Ends,
) -> None:
    """Let bars move toward their neighbours; those that are neither fixed nor movable only keep others apart."""
    num = len(place)
    least, most = [-inf] * num, [inf] * num
    for bar in order:
        here = place[bar] if fixed[bar] else least[bar]
        for other, gap in beside[bar]:
            least[other] = max(least[other], here + gap)
    for bar in reversed(order):
        for other, gap in beside[bar]:
            ahead = place[other] if fixed[other] else most[other]
            most[bar] = min(most[bar], ahead - gap)
    wanted = dict.fromkeys(movable, 0.0)
    before, behind = [0.0] * num, [0.0] * num
    for number in range(_ROUNDS):
        for bar in movable:
            wish = _middle(ends[bar], place) if number else 0.0
            wanted[bar] = min(max(wish, least[bar]), most[bar])
        for bar in range(num):
            before[bar] = place[bar] if fixed[bar] else wanted.get(bar, -inf)
            behind[bar] = place[bar] if fixed[bar] else wanted.get(bar, inf)
        for bar in order:
            here = before[bar]
            for other, gap in beside[bar]:
                if here + gap > before[other] and not fixed[other]:
                    before[other] = here + gap
        for bar in reversed(order):
            for other, gap in beside[bar]:
                if behind[other] - gap < behind[bar] and not fixed[bar]:
                    behind[bar] = behind[other] - gap
        still = True
        for bar in movable:
            there = (before[bar] + behind[bar]) / 2
            if abs(there - place[bar]) > 1.0:
                still = False
            place[bar] = there
        if still and number:
            break


def _middle(ends: tuple[list[int], list[int]], place: Sequence[float]) -> float:
    """Return where a bar stands best: at the median of both sides, by how many neighbours are there."""
    total, weight = 0.0, 0
    for side in ends:
        if side:
            found = sorted(place[bar] for bar in side)
            middle = len(found) // 2
            total += len(found) * (found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2)
            weight += len(found)
    return total / weight if weight else 0.0
