"""How far along each node stands: its rank, one more than that of all that leads to it."""

from __future__ import annotations

from collections.abc import Sequence

Arc = tuple[int, int]
_MOST_ROUNDS = 12


def turned_back(num: int, arcs: Sequence[Arc]) -> set[int]:
    """Return the numbers of arcs to turn around so that no cycle is left.

    They are those that lead back on a walk that goes deep first, from nodes that nothing leads to and then from the
    others, in the order given.
    """
    outs: list[list[int]] = [[] for _ in range(num)]
    num_ins = [0] * num
    for number, (source, target) in enumerate(arcs):
        outs[source].append(number)
        num_ins[target] += 1
    unseen, open_, closed = 0, 1, 2
    state = [unseen] * num
    turned: set[int] = set()
    for start in sorted(range(num), key=lambda node: num_ins[node] > 0):
        if state[start] != unseen:
            continue
        state[start] = open_
        walk = [(start, iter(outs[start]))]
        while walk:
            node, rest = walk[-1]
            for number in rest:
                target = arcs[number][1]
                if state[target] == open_:
                    turned.add(number)
                elif state[target] == unseen:
                    state[target] = open_
                    walk.append((target, iter(outs[target])))
                    break
            else:
                state[node] = closed
                walk.pop()
    return turned


def rank(num: int, arcs: Sequence[Arc]) -> list[int]:
    """Return the rank of each node of a drawing without cycles, the first being 0.

    Every node stands as early as it can, then moves on where that makes its wires shorter altogether; what leads into
    the drawing from aside stands just before its first use.
    """
    ins: list[list[int]] = [[] for _ in range(num)]
    outs: list[list[int]] = [[] for _ in range(num)]
    for source, target in arcs:
        outs[source].append(target)
        ins[target].append(source)
    order = _sorted(ins, outs)
    ranks = [0] * num
    for node in order:
        ranks[node] = max((ranks[source] + 1 for source in ins[node]), default=0)
    # A chain from outside that ends in the drawing comes as a whole, however far along it is needed.
    late = [False] * num
    for node in order:
        late[node] = len(ins[node]) <= 1 and all(late[source] and len(outs[source]) == 1 for source in ins[node])
    for _ in range(_MOST_ROUNDS):
        moved = False
        for node in reversed(order):
            if outs[node]:
                latest = min(ranks[target] for target in outs[node]) - 1
                if latest > ranks[node] and (late[node] or len(outs[node]) > len(ins[node])):
                    ranks[node], moved = latest, True
        for node in order:
            if ins[node] and not late[node] and len(ins[node]) >= len(outs[node]):
                earliest = max(ranks[source] for source in ins[node]) + 1
                if earliest < ranks[node]:
                    ranks[node], moved = earliest, True
        if not moved:
            break
    first = min(ranks, default=0)
    return [found - first for found in ranks]


def _sorted(ins: Sequence[Sequence[int]], outs: Sequence[Sequence[int]]) -> list[int]:
    """Return all nodes, sources first."""
    waiting = [len(found) for found in ins]
    order = [node for node, count in enumerate(waiting) if count == 0]
    for node in order:
        for target in outs[node]:
            waiting[target] -= 1
            if waiting[target] == 0:
                order.append(target)
    assert len(order) == len(ins)
    return order
