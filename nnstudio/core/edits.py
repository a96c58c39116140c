"""Edits: functions from drawing to drawing. Each gives a new value and leaves the old one alone.

Raises in all of them: KeyError for an id that is not in the drawing, ValueError for what a person may have got wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec

from nnstudio.core.frames import fit_frames, paste_frames
from nnstudio.core.graph import Edge, Frame, Graph, Node, Value, freeze_params
from nnstudio.core.names import name_fault, unique_name
from nnstudio.core.words import tr

replace = msgspec.structs.replace


def fresh_id(graph: Graph, taken: Collection[str] = ()) -> str:
    """Return an id that no node of the drawing has, and none of ``taken``."""
    number = len(graph.nodes) + 1
    while f"n{number}" in graph.by_id or f"n{number}" in taken:
        number += 1
    return f"n{number}"


def add_node(
    graph: Graph,
    kind: str,
    stem: str,
    params: Mapping[str, Value] | None = None,
    xy: tuple[float, float] = (0.0, 0.0),
) -> tuple[Graph, str]:
    """Place a layer; return the drawing and the new node's id. ``stem`` is what its name begins with."""
    node = Node(
        id=fresh_id(graph), kind=kind, name=unique_name(stem, graph.by_name), params=freeze_params(params or {}), xy=xy
    )
    return replace(graph, nodes=(*graph.nodes, node)), node.id


def remove_nodes(graph: Graph, ids: Collection[str]) -> Graph:
    """Remove nodes with every wire that touches them; nodes that shared their weights get their own again."""
    gone = frozenset(ids)
    nodes = tuple(
        replace(node, shares=None) if node.shares in gone else node for node in graph.nodes if node.id not in gone
    )
    edges = tuple(edge for edge in graph.edges if edge.source not in gone and edge.target not in gone)
    return replace(graph, nodes=nodes, edges=edges)


def set_node(graph: Graph, node: Node) -> Graph:
    """Put ``node`` in the place of the one with its id."""
    _ = graph.by_id[node.id]
    return replace(graph, nodes=tuple(node if known.id == node.id else known for known in graph.nodes))


def set_param(graph: Graph, id_: str, name: str, value: Value) -> Graph:
    """Set one parameter of one node."""
    node = graph.by_id[id_]
    return set_node(graph, replace(node, params=freeze_params({**node.params, name: value})))


def rename(graph: Graph, id_: str, name: str) -> Graph:
    """Give a node another name.

    Raises:
        ValueError: the name is no usable identifier, or another node has it.
    """
    fault = name_fault(name)
    if fault:
        raise ValueError(fault)
    if any(node.name == name and node.id != id_ for node in graph.nodes):
        raise ValueError(tr("Another layer is already called {name!r}.", name=name))
    return set_node(graph, replace(graph.by_id[id_], name=name))


def move(graph: Graph, places: Mapping[str, tuple[float, float]]) -> Graph:
    """Put nodes at new places."""
    nodes = tuple(replace(node, xy=places[node.id]) if node.id in places else node for node in graph.nodes)
    return replace(graph, nodes=nodes)


def connect(graph: Graph, edge: Edge) -> Graph:
    """Add a wire; the wire that ended at the same port before is taken away.

    Raises:
        ValueError: the wire would close a cycle.
    """
    source, target = graph.by_id[edge.source], graph.by_id[edge.target]
    if edge.source in downstream(graph, edge.target):
        raise ValueError(
            tr(
                "{source} already depends on {target}: this wire would close a cycle.",
                source=source.name,
                target=target.name,
            )
        )
    edges = tuple(
        known for known in graph.edges if (known.target, known.target_port) != (edge.target, edge.target_port)
    )
    return replace(graph, edges=(*edges, edge))


def disconnect(graph: Graph, edges: Collection[Edge]) -> Graph:
    """Take wires away."""
    gone = frozenset(edges)
    return replace(graph, edges=tuple(edge for edge in graph.edges if edge not in gone))


def paste(
    graph: Graph,
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    offset: tuple[float, float],
    frames: Iterable[Frame] = (),
) -> tuple[Graph, tuple[str, ...]]:
    """Add copies of nodes, of the wires among them and of frames; ids and names are made fresh.

    Returns the copied nodes' ids too.
    """
    ids: dict[str, str] = {}
    names = set(graph.by_name)
    copies: list[Node] = []
    for node in nodes:
        ids[node.id] = fresh_id(graph, ids.values())
        name = unique_name(node.name, names)
        names.add(name)
        xy = (node.xy[0] + offset[0], node.xy[1] + offset[1])
        copies.append(replace(node, id=ids[node.id], name=name, xy=xy))
    copies = [replace(node, shares=ids.get(node.shares) if node.shares else None) for node in copies]
    wires = tuple(
        Edge(ids[edge.source], edge.source_port, ids[edge.target], edge.target_port)
        for edge in edges
        if edge.source in ids and edge.target in ids
    )
    new = replace(graph, nodes=(*graph.nodes, *copies), edges=(*graph.edges, *wires))
    return paste_frames(new, frames, offset), tuple(ids.values())


def share_weights(graph: Graph, owner: str, ids: Collection[str]) -> Graph:
    """Let nodes use the weights of ``owner``, and with them whatever used theirs.

    An owner that uses the weights of another passes on those.
    """
    known = graph.by_id.get(graph.by_id[owner].shares or "")
    root = owner if known is None or known.shares is not None else known.id
    takers = frozenset(ids)

    def tied(node: Node) -> Node:
        if node.id == root:
            return replace(node, shares=None)
        return replace(node, shares=root) if node.id in takers or node.shares in takers else node

    return replace(graph, nodes=tuple(tied(node) for node in graph.nodes))


def own_weights(graph: Graph, ids: Collection[str]) -> Graph:
    """Give nodes that use the weights of others weights of their own."""
    nodes = tuple(replace(node, shares=None) if node.id in ids and node.shares else node for node in graph.nodes)
    return replace(graph, nodes=nodes)


def set_bypassed(graph: Graph, ids: Collection[str], on: bool) -> Graph:
    """Have nodes skipped, or not any more."""
    nodes = tuple(
        replace(node, bypassed=on) if node.id in ids and node.bypassed != on else node for node in graph.nodes
    )
    return replace(graph, nodes=nodes)


def downstream(graph: Graph, start: str) -> frozenset[str]:
    """Return ``start`` and every node that its output reaches."""
    return _reach(start, lambda id_: [edge.target for edge in graph.out_of.get(id_, ())])


def upstream(graph: Graph, start: str) -> frozenset[str]:
    """Return ``start`` and every node that it depends on."""
    return _reach(start, lambda id_: [edge.source for edge in graph.into.get(id_, ())])


def _reach(start: str, neighbours: Callable[[str], list[str]]) -> frozenset[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for other in neighbours(waiting.pop()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return frozenset(seen)


def remove_and_reconnect(graph: Graph, ids: Collection[str]) -> Graph:
    """Remove nodes; where one had one wire in and one output in use, what fed it now feeds what it fed."""
    for node in graph.nodes:
        if node.id not in ids:
            continue
        arriving, leaving = graph.into.get(node.id, ()), graph.out_of.get(node.id, ())
        graph = remove_nodes(graph, (node.id,))
        if len(arriving) == 1 and len({edge.source_port for edge in leaving}) == 1:
            (feed,) = arriving
            for edge in leaving:
                graph = connect(graph, Edge(feed.source, feed.source_port, edge.target, edge.target_port))
    return graph


def insert(graph: Graph, edge: Edge, id_: str, input_port: str, output_port: str) -> Graph:
    """Put a node of the drawing into a wire: what ran along the wire now runs through the node.

    Raises:
        ValueError: one of the new wires would close a cycle.
    """
    graph = disconnect(graph, (edge,))
    graph = connect(graph, Edge(edge.source, edge.source_port, id_, input_port))
    return connect(graph, Edge(id_, output_port, edge.target, edge.target_port))


def make_room(graph: Graph, id_: str, pitch: float, height: float) -> Graph:
    """Push the nodes to the right of a node aside, along its row, until they do not overlap; frames follow them.

    Args:
        graph: the drawing.
        id_: the node that stays where it is.
        pitch: distance between the left edges of neighbours that is enough.
        height: nodes whose places differ less than this in y are in one row.
    """
    x, y = graph.by_id[id_].xy
    row = sorted(
        (node for node in graph.nodes if node.id != id_ and node.xy[0] >= x and abs(node.xy[1] - y) < height),
        key=lambda node: node.xy[0],
    )
    places: dict[str, tuple[float, float]] = {}
    free = x + pitch
    for node in row:
        if node.xy[0] >= free:
            break
        places[node.id] = (free, node.xy[1])
        free += pitch
    return fit_frames(graph, move(graph, places)) if places else graph
