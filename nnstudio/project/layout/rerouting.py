"""Whole branches and lanes are taken out of the ranks and put in again where they cross least.

Sweeps move one vertex at a time and so never carry a lane from one side of the trunk to the other, as every step on the
way there costs crossings. Here all places of a branch are found at once, by the shortest way through a table of all
places in each of its ranks: what a place costs depends only on the place in the rank before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nnstudio.project.layout.ordering import Layers, first_order, order, places, weighted_crossings

_MOST_CELLS = 300_000
"""Cells of all tables together: about a fifth of a second."""

_ROUNDS = 4

_SMALL = 700
"""Short wires of a drawing that is worth two tries."""

_PORT = 1e-3
"""What it costs that two wires cross only in front of the ports where both end."""

Table = list[list[float]]


def uncross(layers: Layers, rank_of: Sequence[int], check: Callable[[], None]) -> None:
    """Order the ranks by sweeps and rerouting; a small drawing gets a second try that begins at its end."""
    order(layers, check)
    reroute(layers, check)
    least = weighted_crossings(layers)
    if least and len(layers.weights) < _SMALL:
        found = layers.ranks
        layers.ranks = first_order(layers, rank_of, backwards=True)
        order(layers, check)
        reroute(layers, check)
        if weighted_crossings(layers) >= least:
            layers.ranks = found


def reroute(layers: Layers, check: Callable[[], None]) -> None:
    """Reroute all branches and lanes until that saves no more crossings, or time is up."""
    place = places(layers)
    rank_of = [0] * len(layers.ins)
    for number, row in enumerate(layers.ranks):
        for vertex in row:
            rank_of[vertex] = number
    ways = _ways(layers)
    # When each rank changed last, and when each way was last looked at: nothing new is found where nothing changed.
    changed = [0] * len(layers.ranks)
    looked = [-1] * len(ways)
    left, now = _MOST_CELLS, 0
    for _ in range(_ROUNDS):
        check()
        before = now
        for number, way in enumerate(ways):
            first = rank_of[way[0]]
            around = range(max(0, first - 1), min(first + len(way) + 1, len(changed)))
            if all(changed[rank] <= looked[number] for rank in around):
                continue
            cells = sum((len(layers.ranks[rank]) + 1) ** 2 for rank in around)
            if cells > left:
                continue
            left -= cells
            if _reroute(layers, place, way, first):
                now += 1
                for rank in around:
                    changed[rank] = now
            looked[number] = now
        if now == before:
            break


def _ways(layers: Layers) -> list[list[int]]:
    """Return what moves as a whole: chains without a fork, and all lanes of a port."""
    num = layers.num_nodes
    ahead: dict[int, int] = {}
    for vertex in range(len(layers.ins)):
        for end, _ in layers.outs[vertex]:
            lanes = vertex >= num and end >= num
            if lanes or (len(layers.outs[vertex]) == 1 and len(layers.ins[end]) == 1):
                ahead[vertex] = end
    inner = set(ahead.values())
    ways: list[list[int]] = []
    for vertex in range(len(layers.ins)):
        if vertex not in inner:
            way = [vertex]
            while way[-1] in ahead:
                way.append(ahead[way[-1]])
            ways.append(way)
    return ways


def _reroute(layers: Layers, place: list[int], way: Sequence[int], first: int) -> bool:
    """Put one way where it crosses least; say whether that saved anything."""
    on = set(way)
    last = first + len(way) - 1
    rows = {
        number: [vertex for vertex in layers.ranks[number] if vertex not in on]
        for number in range(max(0, first - 1), min(last + 2, len(layers.ranks)))
    }
    at = {vertex: index for row in rows.values() for index, vertex in enumerate(row)}
    sums = {number: _sums(layers, rows[number], rows[number + 1], at) for number in rows if number + 1 in rows}
    cost: list[float] = []
    came: list[list[int]] = []
    now = 0.0
    for number, vertex in enumerate(way):
        rank = first + number
        here = [0.0] * (len(rows[rank]) + 1)
        for end, _ in layers.ins[vertex]:
            if end not in on:
                _add_in(layers, here, sums[rank - 1], at, vertex, end)
        for end, port in layers.outs[vertex]:
            if end not in on:
                _add_out(layers, here, sums[rank], at, vertex, end, port)
        now += here[place[vertex]]
        if number == 0:
            cost = here
            continue
        table = sums[rank - 1]
        weight = layers.weights[way[number - 1], vertex]
        total = table[-1]
        row_came: list[int] = []
        old = place[way[number - 1]]
        stays = place[vertex]
        now += weight * (table[old][-1] + total[stays] - 2 * table[old][stays])
        merged: list[float] = []
        for target in range(len(here)):
            found = [
                before + weight * (line[-1] + total[target] - 2 * line[target])
                for before, line in zip(cost, table, strict=True)
            ]
            least = min(found)
            # Of equal places the present one, then the one straight ahead.
            row_came.append(old if found[old] == least else found.index(least))
            merged.append(least + here[target])
        cost = merged
        came.append(row_came)
    least = min(cost)
    if least >= now - _PORT / 2:
        return False
    index = cost.index(least)
    for number in range(len(way) - 1, -1, -1):
        row = rows[first + number]
        row.insert(index, way[number])
        layers.ranks[first + number][:] = row
        for found_at, vertex in enumerate(row):
            place[vertex] = found_at
        if number:
            index = came[number - 1][index]
    return True


def _sums(layers: Layers, row: Sequence[int], after: Sequence[int], at: dict[int, int]) -> Table:
    """Return for each pair of places how heavy the wires are that begin before the one and end before the other."""
    size = len(after) + 1
    sums: Table = [[0.0] * size]
    for vertex in row:
        own = [0.0] * size
        for end, _ in layers.outs[vertex]:
            if end in at:
                own[at[end] + 1] += layers.weights[vertex, end]
        above = sums[-1]
        running = 0.0
        for index in range(1, size):
            running += own[index]
            own[index] = running + above[index]
        sums.append(own)
    return sums


def _add_in(layers: Layers, here: list[float], sums: Table, at: dict[int, int], vertex: int, source: int) -> None:
    """Add what the wire from a vertex that stays costs at each place."""
    weight = layers.weights[source, vertex]
    before, behind, total = sums[at[source]], sums[at[source] + 1], sums[-1]
    for place in range(len(here)):
        here[place] += weight * (before[-1] - before[place] + total[place] - behind[place])


def _add_out(
    layers: Layers, here: list[float], sums: Table, at: dict[int, int], vertex: int, target: int, port: float
) -> None:
    """Add what the wire to a vertex that stays costs at each place, and what it crosses at that one's ports."""
    weight = layers.weights[vertex, target]
    index, total = at[target], sums[-1]
    for place, line in enumerate(sums):
        here[place] += weight * (line[-1] - line[index + 1] + total[index] - line[index])
    for other, its_port in layers.ins[target]:
        if other in at and its_port != port:
            above = at[other]
            for place in range(len(here)):
                if (above < place) != (its_port < port):
                    here[place] += _PORT
