"""Where cards stand beside each other, what lies before and behind them, and how they leave and keep their wires.

Pure functions, as in `edits`. A card is a rectangle: left, top, width and height.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, Literal

from nnstudio.core.edits import connect, disconnect, paste, replace
from nnstudio.core.graph import Edge, Graph

Rect = tuple[float, float, float, float]
Places = dict[str, tuple[float, float]]
Side = Literal["left", "centre", "right", "top", "middle", "bottom"]
Way = Literal["across", "down"]

_DIGITS: Final = 2
"""Sums of broken gaps end in noise, which neither a file nor an eye needs."""

_SHARES: Final[dict[Side, tuple[int, float]]] = {
    "left": (0, 0.0),
    "centre": (0, 0.5),
    "right": (0, 1.0),
    "top": (1, 0.0),
    "middle": (1, 0.5),
    "bottom": (1, 1.0),
}
"""For each side the axis, 0 for x and 1 for y, and how far along the card it lies."""


def align(rects: Mapping[str, Rect], side: Side) -> Places:
    """Bring one side of all cards in line with that of the rectangle around them; return where each goes."""
    if not rects:
        return {}
    axis, share = _SHARES[side]
    low = min(rect[axis] for rect in rects.values())
    high = max(rect[axis] + rect[axis + 2] for rect in rects.values())
    line = low + (high - low) * share
    return {id_: _placed(rect, axis, line - rect[axis + 2] * share) for id_, rect in rects.items()}


def distribute(rects: Mapping[str, Rect], way: Way) -> Places:
    """Leave equal gaps between cards that follow each other; the two outermost stay. Return where each goes.

    Where the cards need more room than lies between those two, they overlap by equal amounts.
    """
    axis = 0 if way == "across" else 1
    order = sorted(rects, key=lambda id_: (rects[id_][axis] + rects[id_][axis + 2] / 2, id_))
    if len(order) < 3:
        return {id_: (rects[id_][0], rects[id_][1]) for id_ in order}
    start = rects[order[0]][axis]
    end = rects[order[-1]][axis] + rects[order[-1]][axis + 2]
    gap = (end - start - sum(rect[axis + 2] for rect in rects.values())) / (len(order) - 1)
    places: Places = {}
    for id_ in order:
        places[id_] = _placed(rects[id_], axis, start)
        start += rects[id_][axis + 2] + gap
    return places


def _placed(rect: Rect, axis: int, value: float) -> tuple[float, float]:
    value = round(value, _DIGITS)
    return (value, rect[1]) if axis == 0 else (rect[0], value)


def all_upstream(graph: Graph, ids: Iterable[str]) -> frozenset[str]:
    """Return these nodes and every node that any of them depends on."""
    return _reach(ids, lambda id_: (edge.source for edge in graph.into.get(id_, ())))


def all_downstream(graph: Graph, ids: Iterable[str]) -> frozenset[str]:
    """Return these nodes and every node that the output of any of them reaches."""
    return _reach(ids, lambda id_: (edge.target for edge in graph.out_of.get(id_, ())))


def _reach(ids: Iterable[str], neighbours: Callable[[str], Iterable[str]]) -> frozenset[str]:
    seen = set(ids)
    waiting = list(seen)
    while waiting:
        fresh = set(neighbours(waiting.pop())) - seen
        seen |= fresh
        waiting += fresh
    return frozenset(seen)


def feeds(graph: Graph, ids: Collection[str]) -> tuple[Edge, ...]:
    """Return the wires that lead from outside to any of these nodes."""
    return tuple(edge for edge in graph.edges if edge.target in ids and edge.source not in ids)


def outer_wires(graph: Graph, ids: Collection[str]) -> tuple[Edge, ...]:
    """Return the wires that hold these nodes to the rest."""
    return tuple(edge for edge in graph.edges if (edge.source in ids) != (edge.target in ids))


def bridges(graph: Graph, ids: Collection[str]) -> tuple[Edge, ...]:
    """Return the wires that close the gap when these nodes are pulled out.

    There are some where one output feeds the nodes, and one output of theirs is in use: what fed them then feeds what
    they fed. Not where what fed them depends on what they fed, as it may with nodes that no wire joins.
    """
    arriving = {(edge.source, edge.source_port) for edge in feeds(graph, ids)}
    leaving = [edge for edge in graph.edges if edge.source in ids and edge.target not in ids]
    if len(arriving) != 1 or len({(edge.source, edge.source_port) for edge in leaving}) != 1:
        return ()
    ((source, port),) = arriving
    if source in all_downstream(graph, (edge.target for edge in leaving)):
        return ()
    return tuple(Edge(source, port, edge.target, edge.target_port) for edge in leaving)


def pull_out(graph: Graph, ids: Collection[str]) -> Graph:
    """Take nodes out of their wires and close the gap; the wires among them stay."""
    gap = bridges(graph, ids)
    graph = disconnect(graph, outer_wires(graph, ids))
    for edge in gap:
        graph = connect(graph, edge)
    return graph


def paste_fed(
    graph: Graph, clip: Graph, fed: Iterable[Edge], offset: tuple[float, float]
) -> tuple[Graph, tuple[str, ...]]:
    """Add copies as `paste` does, fed from where the originals were; return the copies' ids too.

    Args:
        graph: the drawing.
        clip: what is copied.
        fed: wires from nodes of the drawing to nodes of the clip; those from elsewhere are left out.
        offset: how far from the originals the copies go.
    """
    new, ids = paste(graph, clip.nodes, clip.edges, offset, clip.frames)
    copy_of = dict(zip((node.id for node in clip.nodes), ids, strict=True))
    taken = {(edge.target, edge.target_port) for edge in clip.edges}
    wires = {
        (edge.target, edge.target_port): Edge(edge.source, edge.source_port, copy_of[edge.target], edge.target_port)
        for edge in fed
        if edge.source in graph.by_id and edge.target in copy_of and (edge.target, edge.target_port) not in taken
    }
    return replace(new, edges=(*new.edges, *wires.values())), ids
