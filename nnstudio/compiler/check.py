"""What is wrong with a drawing whatever its layers are: cycles, wires to nowhere, names, no way in or out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import msgspec

from nnstudio.compiler.ports import input_ports, output_ports, port_number
from nnstudio.core.edits import add_node, connect, disconnect, rename
from nnstudio.core.graph import Block, Edge, Graph, Node
from nnstudio.core.names import MAX_LENGTH, name_fault, unique_name
from nnstudio.core.problem import Fix, Problem
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import Port

Report = Callable[[Problem], None]

PITCH = 228.0
"""Distance between neighbours in a row, in scene units."""


class Structure(msgspec.Struct, frozen=True):
    """A drawing seen as nodes and wires only.

    Attributes:
        order: ids, sources first; nodes on a cycle or behind one are missing.
        live: ids of the nodes that lead to an Output; all of them where there is no Output.
        ports: for each node where wires can end, from top to bottom.
        feeds: for each node its usable wires by port name; of a skipped node only the one that is passed on.
        followers: for each node the ids of those it feeds; nodes that feed none are missing.
        problems: by node id; under None what concerns the whole drawing.
    """

    order: tuple[str, ...]
    live: frozenset[str]
    ports: Mapping[str, tuple[Port, ...]]
    feeds: Mapping[str, Mapping[str, Edge]]
    followers: Mapping[str, tuple[str, ...]]
    problems: Mapping[str | None, tuple[Problem, ...]]


def check_structure(graph: Graph, blocks: Mapping[str, Block]) -> Structure:
    """Look at nodes and wires without knowing what the layers compute. Takes time linear in the drawing's size."""
    problems: dict[str | None, list[Problem]] = {}

    def report(problem: Problem) -> None:
        problems.setdefault(problem.id, []).append(problem)

    _check_names(graph, report)
    ports = {node.id: input_ports(graph, node, blocks) for node in graph.nodes}
    feeds = _check_wires(graph, blocks, ports, report)
    for node in graph.nodes:
        if node.bypassed and len(feeds[node.id]) > 1:
            feeds[node.id] = _first_wire(ports[node.id], feeds[node.id])
    followers = _followers(feeds)
    order = _sort(feeds, followers)
    if len(order) < len(graph.by_id):
        _check_cycles(graph, feeds, frozenset(order), report)
    outputs = [node.id for node in graph.nodes if node.kind == "Output"]
    live = _reach_back(outputs, feeds) if outputs else frozenset(graph.by_id)
    if not graph.nodes:
        report(Problem(None, "empty", tr("Nothing is drawn yet.")))
    else:
        if not any(node.kind == "Input" for node in graph.nodes):
            text = tr("The drawing has no Input, so nothing can enter it.")
            report(Problem(None, "no_input", text, tuple(_ends(graph, blocks, feeds, "Input"))))
        if not outputs:
            text = tr("The drawing has no Output, so nothing leaves it.")
            report(Problem(None, "no_output", text, tuple(_ends(graph, blocks, feeds, "Output"))))
    return Structure(order, live, ports, feeds, followers, {key: tuple(found) for key, found in problems.items()})


def _ends(
    graph: Graph, blocks: Mapping[str, Block], feeds: Mapping[str, Mapping[str, Edge]], kind: str
) -> Iterator[Fix]:
    """Offer an Input or Output at the end of the drawing that has none, where it is clear which end that is."""
    fed = {edge.source for edges in feeds.values() for edge in edges.values()}
    entering = kind == "Input"
    for node in graph.nodes if entering else reversed(graph.nodes):
        ports = input_ports(graph, node, blocks) if entering else output_ports(graph, node, blocks)
        if node.kind in ("Input", "Output") or not ports or (feeds[node.id] if entering else node.id in fed):
            continue
        text = (
            tr("Add an Input before {name}", name=node.name)
            if entering
            else tr("Add an Output behind {name}", name=node.name)
        )
        yield Fix(text, partial(_add_end, kind=kind, id_=node.id, port=ports[0].name))
        return


def _add_end(graph: Graph, kind: str, id_: str, port: str) -> Graph:
    x, y = graph.by_id[id_].xy
    spec = catalog()[kind]
    graph, end = add_node(graph, kind, spec.stem, {}, (x - PITCH if kind == "Input" else x + PITCH, y))
    wire = Edge(end, spec.outputs[0].name, id_, port) if kind == "Input" else Edge(id_, port, end, spec.inputs[0].name)
    return connect(graph, wire)


def _check_names(graph: Graph, report: Report) -> None:
    counts = Counter(node.name for node in graph.nodes)
    ids = Counter(node.id for node in graph.nodes)
    for node in graph.nodes:
        fault = name_fault(node.name)
        if fault is None and counts[node.name] > 1:
            fault = tr(
                "{count} layers are called {name!r}; each needs a name of its own.",
                count=counts[node.name],
                name=node.name,
            )
        if fault is not None:
            better = _free_name(graph, node)
            fix = Fix(tr("Call it {name}", name=better), partial(rename, id_=node.id, name=better))
            report(Problem(node.name, "name", fault, (fix,), id=node.id))
        if ids[node.id] > 1:
            report(
                Problem(node.name, "id", tr("{count} layers have one id in the file.", count=ids[node.id]), id=node.id)
            )


def _free_name(graph: Graph, node: Node) -> str:
    """Return a name like the present one that is allowed and that no other layer has."""
    stem = re.sub("[^A-Za-z0-9_]", "", node.name).lstrip("_0123456789")[:MAX_LENGTH] or "layer"
    return unique_name(stem, graph.by_name if name_fault(stem) is None else {*graph.by_name, stem})


def _check_wires(
    graph: Graph, blocks: Mapping[str, Block], ports: Mapping[str, tuple[Port, ...]], report: Report
) -> dict[str, dict[str, Edge]]:
    feeds: dict[str, dict[str, Edge]] = {node.id: {} for node in graph.nodes}
    into, out_of = graph.into, graph.out_of
    starts: dict[str, frozenset[str]] = {
        node.id: frozenset(port.name for port in output_ports(graph, node, blocks))
        for node in graph.nodes
        if node.id in out_of
    }
    for node in graph.nodes:
        arriving = into.get(node.id)
        if not arriving:
            continue
        there = ports[node.id]
        many = there[0].name.rpartition("_")[0] if there and there[0].many else None
        ends = {port.name for port in there} if many is None else ()
        taken = feeds[node.id]
        for edge in arriving:
            source = graph.by_id.get(edge.source)
            good_end = port_number(edge.target_port, many) is not None if many else edge.target_port in ends
            if source is None:
                _report_loose(node, edge, tr("A wire comes from a layer that is not there."), report)
            elif not good_end:
                text = tr("{name} has no input called {port!r}.", name=node.name, port=edge.target_port)
                _report_loose(node, edge, text, report)
            elif edge.source_port not in starts[source.id]:
                text = tr("{name} has no output called {port!r}.", name=source.name, port=edge.source_port)
                _report_loose(node, edge, text, report)
            elif edge.target_port in taken:
                _report_taken(graph, node, taken[edge.target_port], edge, report)
            else:
                taken[edge.target_port] = edge
    for edge in graph.edges:
        if edge.target not in graph.by_id:
            source = graph.by_id.get(edge.source)
            text = tr("A wire leads to a layer that is not there.")
            fixes = (_removal(tr("Remove the wire"), edge),)
            report(Problem(source.name if source else None, "port", text, fixes, id=source.id if source else None))
    return feeds


def _first_wire(ports: tuple[Port, ...], feeds: Mapping[str, Edge]) -> dict[str, Edge]:
    name = next(port.name for port in ports if port.name in feeds)
    return {name: feeds[name]}


def _report_loose(node: Node, edge: Edge, text: str, report: Report) -> None:
    report(Problem(node.name, "port", text, (_removal(tr("Remove the wire"), edge),), id=node.id))


def _report_taken(graph: Graph, node: Node, kept: Edge, extra: Edge, report: Report) -> None:
    first, second = graph.by_id[kept.source].name, graph.by_id[extra.source].name
    text = tr(
        "Two wires end at one input of {name}: from {first} and from {second}. An input takes one; to use both, "
        "join them with Add or Concat.",
        name=node.name,
        first=first,
        second=second,
    )
    fixes = (
        _removal(tr("Keep {name}", name=first), extra),
        _removal(tr("Keep {name}", name=second), kept),
    )
    report(Problem(node.name, "port_taken", text, fixes, id=node.id))


def _removal(label: str, edge: Edge) -> Fix:
    return Fix(label, lambda drawing: disconnect(drawing, (edge,)))


def _followers(feeds: Mapping[str, Mapping[str, Edge]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for id_, edges in feeds.items():
        for edge in edges.values():
            found.setdefault(edge.source, []).append(id_)
    return {id_: tuple(ids) for id_, ids in found.items()}


def _sort(feeds: Mapping[str, Mapping[str, Edge]], followers: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Sources first; a branch is followed to where it waits for another, so that exported code reads in one piece."""
    waiting = {id_: len(edges) for id_, edges in feeds.items()}
    ready = [id_ for id_, count in reversed(waiting.items()) if count == 0]
    order: list[str] = []
    while ready:
        id_ = ready.pop()
        order.append(id_)
        for follower in reversed(followers.get(id_, ())):
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    return tuple(order)


def _check_cycles(
    graph: Graph, feeds: Mapping[str, Mapping[str, Edge]], sorted_ids: frozenset[str], report: Report
) -> None:
    """Name the nodes of every cycle; nodes that only depend on a cycle are not to blame."""
    rest = {id_ for id_ in graph.by_id if id_ not in sorted_ids}
    while True:
        sources = {edge.source for id_ in rest for edge in feeds[id_].values()}
        without_followers = rest - sources
        if not without_followers:
            break
        rest -= without_followers
    ring = [node for node in graph.nodes if node.id in rest]
    shown = ", ".join(node.name for node in ring[:6]) + (" …" if len(ring) > 6 else "")
    text = tr("These layers wait for each other in a cycle: {names}. Take one of the wires away.", names=shown)
    for node in ring:
        inside = [edge for edge in feeds[node.id].values() if edge.source in rest]
        label = tr("Remove the wire from {name}", name=graph.by_id[inside[0].source].name)
        report(Problem(node.name, "cycle", text, (_removal(label, inside[0]),), id=node.id))


def _reach_back(starts: Iterable[str], feeds: Mapping[str, Mapping[str, Edge]]) -> frozenset[str]:
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for edge in feeds[waiting.pop()].values():
            if edge.source not in seen:
                seen.add(edge.source)
                waiting.append(edge.source)
    return frozenset(seen)
